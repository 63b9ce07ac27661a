// Entry of a worker thread: opens the session it is told to, then answers one frame after the other.

import { parentPort, workerData } from 'node:worker_threads';
import { DetectorError } from './detector-error.ts';
import type { WorkerAnswer, WorkerProblem, WorkerRequest, WorkerStart } from './inference-protocol.ts';
import { type DetectionSession, openDetectionSession } from './inference-session.ts';

const port = parentPort;
if (!port)
  throw new Error('inference-worker runs only as a worker thread; start it through openDetectorPool.');

const answer = (message: WorkerAnswer, transfer: readonly ArrayBuffer[] = []) =>
  port.postMessage(message, [...transfer]);

try {
  const session = await openDetectionSession(workerData as WorkerStart);
  port.on('message', (request: WorkerRequest) => void serve(session, request));
  const { executionProvider, warning } = session;
  answer({ type: 'ready', executionProvider, warning });
} catch (error) {
  answer({ type: 'refused', problem: problemOf(error, 'refused') });
}

async function serve(session: DetectionSession, request: WorkerRequest): Promise<void> {
  if (request.type === 'close') {
    await session.close();
    port?.close();
    return;
  }
  const { id, planes, geometry, minScore } = request;
  try {
    const result = await session.detect(planes, geometry, minScore);
    const { boxes, scores, roadUsers } = result;
    const moved = [boxes, scores, roadUsers, planes].map(({ buffer }) => buffer);
    answer({ type: 'detected', id, result, planes }, moved);
  } catch (error) {
    answer({ type: 'failed', id, problem: problemOf(error, 'failed') });
  }
}

function problemOf(error: unknown, code: WorkerProblem['code']): WorkerProblem {
  if (error instanceof DetectorError) {
    return { code: error.code, summary: error.summary, problems: error.problems };
  }
  return { code, summary: error instanceof Error ? error.message : String(error), problems: [] };
}
