import { defineConfig } from 'vitest/config';

// Tests that start real servers or decode real video. They mostly wait, for time-outs and for other programs, and mind
// nobody beside them:
const WAITING = [
  'certificates-run',
  'detector-models-command',
  'http-limits',
  'ngatu-command',
  'pki-command',
  'quarantine-command',
  'rtsp-server',
  'source-faults',
].map((name) => `test/integration/${name}.test.ts`);
const PATIENT = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**'],
          testTimeout: 30_000,
        },
      },
      { test: { name: 'waiting', include: WAITING, ...PATIENT, maxWorkers: 2, sequence: { groupOrder: 1 } } },
      // The others one at a time, so that two cores are enough.
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: WAITING,
          ...PATIENT,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
