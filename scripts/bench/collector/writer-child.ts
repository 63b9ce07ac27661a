// InfluxDB by itself: the requests that a collector would make of the same workload, made beforehand by the
// collector's own code, and posted with nothing else to do.

import { Agent, request } from 'node:http';
import { readMessage } from '../../../central-collector/ingest/read-message.ts';
import { BatchWriter } from '../../../central-collector/store/batch-writer.ts';
import { PointStore } from '../../../central-collector/store/store.ts';
import { type WorkloadPlan, workloadOf } from './workload.ts';

export type WriterPlan = WorkloadPlan & {
  readonly url: string;
  readonly database: string;
  readonly linesInRequest: number;
  readonly concurrency: number;
};

export type WriterNews =
  | { readonly is: 'ready'; readonly points: number; readonly requests: number }
  | { readonly is: 'begun' }
  | { readonly is: 'done'; readonly seconds: number }
  | { readonly is: 'failed'; readonly problem: string };

const plan: WriterPlan = JSON.parse(process.argv[2] ?? '{}');
const send = (news: WriterNews) => process.send?.(news);
process.on('disconnect', () => process.exit(0));

async function main(): Promise<void> {
  const requests: Buffer[] = [];
  const keep = async (body: Buffer) => {
    requests.push(body);
  };
  const writer = new BatchWriter({ write: keep, maxLines: plan.linesInRequest });
  const store = new PointStore(writer, 'bench');
  let warmUp = 0;
  let warmUpPoints = 0;
  let minutes = 0;
  for (const messages of workloadOf(plan)) {
    await Promise.all(
      messages.map(({ topic, payload }, at) => {
        const receivedAtMs = plan.fromMs + minutes * 60_000 + at;
        const message = readMessage(topic, Buffer.from(payload), receivedAtMs + 3_600_000);
        if (message.kind !== 'batch') throw new Error(`the workload has a message that is ${message.kind}`);
        return store.batch({ ...message.batch, receivedAtMs }, 0);
      }),
    );
    if (minutes === 0) {
      warmUp = requests.length;
      warmUpPoints = writer.counts.lines;
    }
    minutes += 1;
  }
  send({ is: 'ready', points: writer.counts.lines - warmUpPoints, requests: requests.length - warmUp });
  await new Promise<void>((resolve) => process.once('message', () => resolve()));
  await postAll(requests.slice(0, warmUp));
  send({ is: 'begun' });
  const startedMs = performance.now();
  await postAll(requests.slice(warmUp));
  send({ is: 'done', seconds: (performance.now() - startedMs) / 1000 });
}

async function postAll(bodies: readonly Buffer[]): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const url = `${plan.url}/write?db=${plan.database}&rp=raw&precision=ns`;
  let next = 0;
  let again = 0;
  const work = async () => {
    for (let at = next++; at < bodies.length; at = next++) {
      while (!(await post(url, agent, bodies[at] as Buffer))) again += 1;
    }
  };
  await Promise.all(Array.from({ length: plan.concurrency }, work));
  agent.destroy();
  if (again > 0) process.stderr.write(`${again} requests timed out and were sent again … `);
}

/** False when InfluxDB says that it did not get done in time, as it does on a machine that has too much to do. */
function post(url: string, agent: Agent, body: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': body.length };
    const asked = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 204 || response.statusCode === 500) resolve(response.statusCode === 204);
        else reject(new Error(`InfluxDB answered ${response.statusCode}`));
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

main().catch((error: Error) => {
  send({ is: 'failed', problem: error.message });
  process.exitCode = 1;
  process.disconnect();
});
