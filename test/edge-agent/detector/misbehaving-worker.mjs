// Stands in for the inference worker where the thread itself must misbehave. The first byte of a frame says how:
// 0 answers with no boxes, 1 dies, 2 never answers, 3 fails, 4 answers after every frame sent so far is known to be
// queued (100 ms). workerData.card.name "unstartable" refuses from the second start on.

import { existsSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const startedBefore = `${workerData.modelPath}.started`;
const isRestart = existsSync(startedBefore);
if (!isRestart) writeFileSync(startedBefore, '');

if (workerData.card.name === 'unstartable' && isRestart) {
  parentPort.postMessage({
    type: 'refused',
    problem: { code: 'refused', summary: 'no more', problems: [] },
  });
} else {
  parentPort.on('message', (request) => serve(request));
  parentPort.postMessage({ type: 'ready', executionProvider: 'cpu', warning: undefined });
}

function serve(request) {
  if (request.type === 'close') {
    parentPort.close();
    return;
  }
  const { id, planes } = request;
  switch (planes[0]) {
    case 1:
      throw new Error('made to die');
    case 2:
      break;
    case 3: {
      const problem = { code: 'failed', summary: 'made to fail', problems: [] };
      parentPort.postMessage({ type: 'failed', id, problem });
      break;
    }
    case 4:
      setTimeout(() => answer(id, planes), 100);
      break;
    default:
      answer(id, planes);
  }
}

function answer(id, planes) {
  const result = {
    count: 0,
    boxes: new Float32Array(0),
    scores: new Float32Array(0),
    roadUsers: new Uint8Array(0),
    unknownLabels: 1,
    convertMs: 1,
    inferenceMs: 2,
    decodeMs: 3,
  };
  parentPort.postMessage({ type: 'detected', id, result, planes }, [planes.buffer]);
}
