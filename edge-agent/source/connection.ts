// One connection to a live source: ffmpeg from its start to its end, and the watch over it.

import { type Fault, FaultReader, undecodable } from './faults.ts';
import { sourceCommand } from './ffmpeg-command.ts';
import { startFfmpeg } from './ffmpeg-process.ts';
import { ffmpegVersion } from './ffmpeg-version.ts';
import { type RawFrame, readFrames } from './frame-reader.ts';
import { GarbageWatch } from './garbage-watch.ts';
import { inputKind } from './input-kind.ts';
import { redact } from './redact.ts';
import type { SourceOptions, SourceTiming } from './source-options.ts';
import { whyNoCopy } from './stream-copy.ts';

/** Why a connection ended. */
export type ConnectionEnd = Fault;

export type Connection = {
  /** Resolves when ffmpeg is gone. Never rejects. */
  readonly ended: Promise<ConnectionEnd>;
  /** Ends the connection, for the reason given. */
  end(reason: ConnectionEnd): void;
  recycle(planes: Uint8Array<ArrayBuffer>): void;
};

export type ConnectionEvents = {
  readonly onFrame: (frame: RawFrame) => void;
  /** Something is wrong, but the connection is kept for now. */
  readonly onFault: (fault: Fault) => void;
  readonly signal: AbortSignal;
};

/** Throws SourceError when there is nothing that ffmpeg could be started for. */
export async function connect(
  options: SourceOptions,
  timing: SourceTiming,
  events: ConnectionEvents,
): Promise<Connection> {
  const ffmpegPath = options.ffmpegPath ?? 'ffmpeg';
  const [version, input] = await Promise.all([ffmpegVersion(ffmpegPath), inputKind(options.url)]);
  const { socketTimeoutMs } = timing;
  const { copy } = options;
  const command = sourceCommand(
    input,
    { ...options, live: true, socketTimeoutMs, wantsCopy: copy !== undefined },
    version,
  );
  const secrets = secretsOf(options);
  const faults = new FaultReader(secrets);
  const garbage = new GarbageWatch(options.analysisFps ?? 25);
  const { width, height } = options.shape;
  const ffmpeg = startFfmpeg(ffmpegPath, command, (line) => {
    if (faults.readLine(line)) garbage.complaint();
    reader.readLogLine(line);
    if (options.logger.isLevelEnabled('trace')) options.logger.trace(redact(line, secrets));
  });

  copy?.startConnection();
  if (ffmpeg.copy === undefined) copy?.unavailable(whyNoCopy(input) ?? 'ffmpeg gives none');
  else ffmpeg.copy.on('data', (chunk: Buffer) => copy?.write(chunk));

  let reason: ConnectionEnd | undefined;
  let hadFrames = false;
  const end = (why: ConnectionEnd) => {
    if (reason !== undefined) return;
    reason = why;
    void ffmpeg.stop(timing.stopMs);
  };
  const watch = watchFrames(
    timing,
    () => events.onFault(faults.whileWaiting(timing.noticeAfterMs / 1000)),
    () => {
      const fault = faults.whileWaiting((hadFrames ? timing.noticeAfterMs : timing.firstFrameMs) / 1000);
      // Told before ffmpeg is gone, which may take as long as a stuck connection lets it.
      events.onFault(fault);
      end(fault);
    },
  );
  const reader = readFrames(
    ffmpeg,
    width * height * 3,
    (frame) => {
      if (reason !== undefined) return;
      if (!hadFrames) garbage.reset();
      hadFrames = true;
      garbage.frame();
      watch.frame();
      if (garbage.isGarbage) {
        events.onFault(undecodable());
        reader.recycle(frame.planes);
        return;
      }
      faults.readFrame();
      events.onFrame(frame);
    },
    (error) => {
      options.logger.error({ err: error }, "ffmpeg's pipes do not fit together");
      end({ fault: 'failed', detail: `${error.message}; the camera is connected anew.` });
    },
  );
  const onAbort = () => end({ fault: 'ended', detail: 'The source was closed.' });
  events.signal.addEventListener('abort', onAbort);
  if (events.signal.aborted) onAbort();

  const ended = ffmpeg.exited.then((exit) => {
    watch.stop();
    events.signal.removeEventListener('abort', onAbort);
    if (faults.decodeErrors > 0) {
      options.logger.warn({ decodeErrors: faults.decodeErrors }, 'Parts of the stream could not be decoded');
    }
    if (exit.error !== undefined) {
      return { fault: 'failed', detail: `ffmpeg cannot be started: ${exit.error.message}` } as const;
    }
    return reason ?? faults.atExit(hadFrames, exit.code);
  });
  return { ended, end, recycle: reader.recycle };
}

/** What must not appear in any text: the password as it was given. User names are no secret of their own. */
export function secretsOf(options: Pick<SourceOptions, 'password'>): string[] {
  return options.password === undefined ? [] : [options.password];
}

/**
 * Before the first frame, silence is reported after `noticeAfterMs` and ended after `firstFrameMs`; after it,
 * reported and ended at once, because ffmpeg does not come back from a stream that stands.
 */
function watchFrames(timing: SourceTiming, onSilent: () => void, onOver: () => void) {
  const starting = [setTimeout(onSilent, timing.noticeAfterMs), setTimeout(onOver, timing.firstFrameMs)];
  let between: NodeJS.Timeout | undefined;
  return {
    frame() {
      if (between !== undefined) {
        between.refresh();
        return;
      }
      for (const timer of starting) clearTimeout(timer);
      between = setTimeout(onOver, timing.noticeAfterMs);
    },
    stop() {
      for (const timer of starting) clearTimeout(timer);
      clearTimeout(between);
    },
  };
}
