// Checks the audit log: each line names the hash of the line before, so that a changed, removed or inserted line shows.
// The head, a small file beside, names the newest line: so that lines cut off at the end show too.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CHAIN_START, hashOfLine, type Link } from './audit-entry.ts';

export const CURRENT_FILE = 'audit.ndjson';
export const HEAD_FILE = 'audit-head.json';
const ROTATED = /^audit-(\d{12})\.ndjson$/;

/** Whether the log is whole, for answers and health pages. */
export const auditVerdictSchema = z.strictObject({
  intact: z.boolean(),
  /** Lines found. */
  entries: z.int().min(0),
  /** Above 1 when old files were moved away: what they held can't be checked here. */
  firstSeq: z.int().min(1).nullable(),
  lastSeq: z.int().min(1).nullable(),
  /** The first place where the chain does not hold. */
  fault: z.strictObject({ file: z.string(), line: z.int().min(1), why: z.string() }).nullable(),
});
export type AuditVerdict = Readonly<z.infer<typeof auditVerdictSchema>>;

export type Verified = {
  readonly verdict: AuditVerdict;
  /** What the next line follows. */
  readonly link: Link;
};

type FileFacts = {
  readonly key: string;
  readonly from: Link | undefined;
  readonly entries: number;
  readonly firstSeq: number | null;
  readonly link: Link | undefined;
  readonly fault: AuditVerdict['fault'];
};

/** Remembers files that were checked and have not changed since; rotated ones never do. */
export type ChainMemory = Map<string, FileFacts>;

/** What the chain rests on. The hash covers the rest of the line, so only readers look at that. */
const linkSchema = z.object({ seq: z.int().min(1), previous: z.string() });

const headSchema = z.strictObject({ seq: z.int().min(1), hash: z.string() });

/** Names of the log's files, the oldest first. */
export async function auditFiles(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory);
  const rotated = names.filter((name) => ROTATED.test(name)).sort();
  return names.includes(CURRENT_FILE) ? [...rotated, CURRENT_FILE] : rotated;
}

/** Name of a full file whose first line has this number. */
export function rotatedName(firstSeq: number): string {
  return `audit-${String(firstSeq).padStart(12, '0')}.ndjson`;
}

/** Follows the chain through all files. Errors of the file system as they are. */
export async function verifyChain(directory: string, memory: ChainMemory = new Map()): Promise<Verified> {
  const head = await readHead(directory);
  let link: Link | undefined;
  let fault: AuditVerdict['fault'] = null;
  let firstSeq: number | null = null;
  let entries = 0;
  let headSeen = head === undefined;
  for (const file of await auditFiles(directory)) {
    const facts = await verifyFile(directory, file, link, head, memory);
    entries += facts.entries;
    firstSeq ??= facts.firstSeq;
    fault ??= facts.fault;
    link = facts.link ?? link;
    if (head !== undefined && facts.entries > 0 && (link?.seq ?? 0) >= head.seq) headSeen = true;
  }
  if (!headSeen && head !== undefined) {
    const why = `the log ends at number ${link?.seq ?? 0}, but ${head.seq} was written: lines at the end are missing`;
    fault ??= { file: CURRENT_FILE, line: 1, why };
  }
  return {
    verdict: { intact: fault === null, entries, firstSeq, lastSeq: link?.seq ?? null, fault },
    // The head knows what was written: after a changed or missing end the chain goes on from there, so that the break
    // stays to be seen and no number is given twice.
    link: head !== undefined && head.seq >= (link?.seq ?? 0) ? head : (link ?? CHAIN_START),
  };
}

async function verifyFile(
  directory: string,
  file: string,
  from: Link | undefined,
  head: Link | undefined,
  memory: ChainMemory,
): Promise<FileFacts> {
  const path = join(directory, file);
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  const key = `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  const known = memory.get(file);
  if (known?.key === key && known.from?.hash === from?.hash && known.from?.seq === from?.seq) return known;
  const facts = { key, from, ...followLines(file, await readFile(path, 'utf8'), from, head) };
  if (file !== CURRENT_FILE) memory.set(file, facts);
  return facts;
}

function followLines(file: string, text: string, from: Link | undefined, head: Link | undefined) {
  let link = from;
  let fault: AuditVerdict['fault'] = null;
  let firstSeq: number | null = null;
  const lines = text.split('\n');
  // What stands behind the last line feed was not written to its end; opening the log removes it.
  const torn = lines.pop() !== '';
  lines.forEach((line, index) => {
    const hash = hashOfLine(line);
    const found = parseLine(line);
    const seq = found?.seq ?? (link?.seq ?? 0) + 1;
    firstSeq ??= seq;
    const why =
      whyBroken(found, link) ??
      (head?.seq === seq && head.hash !== hash ? 'the line was changed' : undefined);
    if (why !== undefined) fault ??= { file, line: index + 1, why };
    link = { seq, hash };
  });
  if (torn) fault ??= { file, line: lines.length + 1, why: 'the last line is cut off' };
  return { entries: lines.length, firstSeq, link, fault };
}

function whyBroken(
  found: { readonly seq: number; readonly previous: string } | undefined,
  link: Link | undefined,
): string | undefined {
  if (found === undefined) return 'it is no line of an audit log';
  // The oldest file that is left is taken as it is, the very first line is not.
  const before = link ?? (found.seq === 1 ? CHAIN_START : { seq: found.seq - 1, hash: found.previous });
  if (found.previous !== before.hash)
    return 'it does not follow the line before: that one was changed or removed';
  if (found.seq !== before.seq + 1) return `expected number ${before.seq + 1}, got ${found.seq}`;
  return undefined;
}

function parseLine(line: string): z.infer<typeof linkSchema> | undefined {
  try {
    return linkSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Undefined when there is none, or a crash cut it: then the end of the log can't be checked. */
async function readHead(directory: string): Promise<Link | undefined> {
  try {
    return headSchema.safeParse(JSON.parse(await readFile(join(directory, HEAD_FILE), 'utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
