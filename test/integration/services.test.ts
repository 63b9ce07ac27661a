import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startInfluxdb } from '../../scripts/services/influxdb.ts';
import { startMosquitto } from '../../scripts/services/mosquitto.ts';
import { freePort, onPort, PortTakenError } from '../../scripts/services/ports.ts';
import { startProcess } from '../../scripts/services/process.ts';

const RAISED_BOUND = { timeout: 20_000, interval: 50 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ngatu-services-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a private Mosquitto', () => {
  it('keeps what waits for a client over a restart, and ends when told', async () => {
    const first = await startMosquitto({ directory: folder });
    const subscriber = {
      clientId: 'reader',
      clean: false,
      protocolVersion: 5,
      properties: { sessionExpiryInterval: 600 },
    } as const;
    const before = await connectAsync(first.url, subscriber);
    await before.subscribeAsync('counts', { qos: 1 });
    await before.endAsync();
    const writer = await connectAsync(first.url);
    await writer.publishAsync('counts', 'one', { qos: 1 });
    await writer.endAsync();
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);

    const second = await startMosquitto({ directory: folder, port: first.port });
    try {
      const after = connect(second.url, subscriber);
      const payload = await new Promise((resolve) =>
        after.once('message', (_, bytes) => resolve(String(bytes))),
      );
      expect(payload).toBe('one');
      await after.endAsync();
    } finally {
      await second.stop();
    }
  });
});

describe('a private InfluxDB', () => {
  it('keeps points over a restart, and ends when told', async () => {
    const first = await startInfluxdb({ directory: folder });
    await influx(first.url, '/query?q=CREATE+DATABASE+t');
    await influx(first.url, '/write?db=t', 'passage,camera=a seq=1i 1000');
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);
    await first.stop();

    const second = await startInfluxdb({ directory: folder });
    try {
      expect(await influx(second.url, '/query?db=t&q=SELECT+*+FROM+passage')).toContain('"a",1');
    } finally {
      await second.stop();
    }
  });
});

describe('a port that another program uses', () => {
  it.each([
    ['Mosquitto', startMosquitto],
    ['InfluxDB', startInfluxdb],
  ])('is named in one sentence, and no %s stays behind', async (name, start) => {
    const squatter = createServer();
    squatter.listen({ host: '127.0.0.1', port: 0 });
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    const attempt = start({ directory: folder, port });
    await expect(attempt).rejects.toThrow(PortTakenError);
    await expect(attempt).rejects.toThrow(`${name} cannot listen on 127.0.0.1:${port}`);
    squatter.close();
    expect(await processesNaming(folder)).toEqual([]);
  });

  it('costs a further try when it was chosen by us', async () => {
    const tried: number[] = [];
    const started = await onPort(undefined, async (port) => {
      tried.push(port);
      if (tried.length < 3) throw new PortTakenError('The server', port);
      return port;
    });
    expect(started).toBe(tried[2]);
    await expect(
      onPort(await freePort(), (port) => Promise.reject(new PortTakenError('The server', port))),
    ).rejects.toThrow(PortTakenError);
  });
});

describe('a process in the background', () => {
  const logFile = () => join(folder, 'log');

  it('that is not installed is told with what to do', async () => {
    const attempt = startProcess({
      name: 'The server',
      command: 'no-such-server',
      args: [],
      logFile: logFile(),
    });
    await expect(attempt).rejects.toThrow(
      'the program "no-such-server" is not installed. Run: npm run setup',
    );
  });

  it('that ends before it is ready is told with its last words', async () => {
    const attempt = startProcess({
      ...{
        name: 'The server',
        command: 'sh',
        args: ['-c', 'echo no disk space >&2; exit 3'],
        logFile: logFile(),
      },
      ready: () => false,
    });
    await expect(attempt).rejects.toThrow(/The server ended \(exit code 3\).*no disk space/s);
  });

  it('that does not become ready in time is stopped', async () => {
    const attempt = startProcess({
      ...{ name: 'The server', command: 'sh', args: ['-c', 'echo $$; exec sleep 600'], logFile: logFile() },
      ...{ ready: () => false, readyTimeoutMs: 300 },
    });
    await expect(attempt).rejects.toThrow('was not ready after 0.3 s');
    expect(isRunning(Number.parseInt(readFileSync(logFile(), 'utf8'), 10))).toBe(false);
  });

  it('that ignores SIGTERM is killed with all its children', async () => {
    const script = 'trap "" TERM; sleep 600 & echo child $!; echo ready; while true; do wait; done';
    const running = await startProcess({
      ...{ name: 'The server', command: 'sh', args: ['-c', script], logFile: logFile() },
      ...{ ready: (log) => log.includes('ready'), stopTimeoutMs: 200 },
    });
    const child = Number(/child (\d+)/.exec(running.log())?.[1]);
    expect(await running.stop()).toEqual({ code: null, signal: 'SIGKILL' });
    await vi.waitFor(() => expect(isRunning(child)).toBe(false), RAISED_BOUND);
  });

  it.skipIf(process.platform !== 'linux' || !existsSync('dist/scripts/services/mosquitto.js'))(
    'does not outlive a parent that is killed hard',
    async () => {
      const starter = `
        const { startMosquitto } = await import(${JSON.stringify(join(process.cwd(), 'dist/scripts/services/mosquitto.js'))});
        console.log((await startMosquitto({ directory: ${JSON.stringify(folder)} })).pid);
        setInterval(() => undefined, 1000);`;
      const parent = spawn(process.execPath, ['--input-type=module', '-e', starter], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [output] = await once(parent.stdout, 'data');
      const pid = Number(output);
      expect(isRunning(pid)).toBe(true);
      parent.kill('SIGKILL');
      await vi.waitFor(() => expect(isRunning(pid)).toBe(false), RAISED_BOUND);
    },
  );
});

async function influx(url: string, path: string, body?: string): Promise<string> {
  const response = await fetch(url + path, { method: 'POST', ...(body !== undefined && { body }) });
  return response.text();
}

/** A zombie counts as ended: it only waits for its parent to notice. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function processesNaming(text: string): Promise<string[]> {
  return new Promise((resolve) => {
    execFile('ps', ['-eo', 'pid,args'], (_, stdout) => {
      resolve(stdout.split('\n').filter((line) => line.includes(text)));
    });
  });
}
