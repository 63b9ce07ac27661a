// ONNX Runtime with nothing around it: `inference-alone.js MODEL INPUT RUNS` prints the seconds that RUNS inferences took.
// Session options are those of the detector; the picture is grey, which takes as long as any other.

import { InferenceSession, Tensor } from 'onnxruntime-node';

const [modelPath = '', inputName = '', runs = '1'] = process.argv.slice(2);
const session = await InferenceSession.create(modelPath, {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
});
const metadata = session.inputMetadata.find(({ name }) => name === inputName);
if (!metadata?.isTensor) throw new Error(`${modelPath} has no tensor input "${inputName}"`);
const dims = metadata.shape.map((side) => (typeof side === 'number' ? side : 1));
const size = dims.reduce((product, side) => product * side, 1);
const input =
  metadata.type === 'uint8'
    ? new Tensor('uint8', new Uint8Array(size).fill(128), dims)
    : new Tensor('float32', new Float32Array(size).fill(128), dims);
await session.run({ [inputName]: input });
const from = performance.now();
for (let at = 0; at < Number(runs); at++) await session.run({ [inputName]: input });
process.stdout.write(String((performance.now() - from) / 1000));
