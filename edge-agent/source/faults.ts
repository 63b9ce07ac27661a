// Reads ffmpeg's log and tells in the contract's words, and in a sentence for people, what is wrong.

import { type CameraFault, plainText } from '../../contract/index.ts';
import { redact } from './redact.ts';

export type Fault = { readonly fault: CameraFault; readonly detail: string };

/** How far a connection has come. */
type Phase = 'connecting' | 'connected' | 'described';

type Rule = { readonly pattern: RegExp; readonly fault: CameraFault; readonly detail: string };

/** The first rule that any line matched wins: the more a line says, the earlier its rule. */
const RULES: readonly Rule[] = [
  {
    pattern: /\b401 Unauthorized|authorization failed/i,
    fault: 'unauthorised',
    detail:
      'The camera refuses the user name or password (401). Check both in the configuration and at the camera.',
  },
  {
    pattern: /\b403 Forbidden|access denied/i,
    fault: 'unauthorised',
    detail: 'The camera forbids access to this stream (403). Check the rights of the user at the camera.',
  },
  {
    pattern: /\b404 Not Found|\b454 Session Not Found/i,
    fault: 'not-found',
    detail: 'The camera has no stream at this path (404). Check the path of the address.',
  },
  {
    pattern: /\b461 |unsupported transport|nonmatching transport/i,
    fault: 'unsupported',
    detail:
      'The camera does not offer this transport (461). Set the transport to the other one of tcp and udp.',
  },
  {
    pattern: /\b453 |\b503 |not enough bandwidth|5XX Server Error/i,
    fault: 'refused',
    detail: 'The camera is too busy for another viewer. Close other viewers or raise its limit.',
  },
  {
    pattern:
      /device setup failed for decoder|no device available for decoder|unrecognized hwaccel|could not find a valid device|hwaccel initiali[sz]ation returned error|error (while opening|initiali[sz]ing) .*hw|impossible to convert between the formats|cannot load libcuda|unknown decoder/i,
    fault: 'unsupported',
    detail:
      "Hardware decoding cannot start. Check the driver, the device and ffmpeg's build, or set hardware to none.",
  },
  {
    pattern: /failed to resolve hostname/i,
    fault: 'unreachable',
    detail:
      "The camera's host name cannot be resolved. Check the name and the name server, or give an address.",
  },
  {
    pattern: /connection refused/i,
    fault: 'refused',
    detail:
      'The host is there, but nothing listens on this port. Check the port and whether the camera is starting.',
  },
  {
    pattern: /no route to host|network is unreachable|host is down|host is unreachable/i,
    fault: 'unreachable',
    detail: 'There is no way to the camera. Check its power, its address and the network between.',
  },
  {
    pattern: /connection (attempt )?to .* failed: (connection|operation) timed out/i,
    fault: 'unreachable',
    detail: 'The camera does not answer. Check its power, its address and the network between.',
  },
  {
    pattern: /certificate|\[tls @|tls handshake/i,
    fault: 'failed',
    detail:
      'The encrypted connection cannot be set up. Check the certificate, or whether the camera speaks TLS here.',
  },
  {
    pattern: /no such file or directory|no such device/i,
    fault: 'not-found',
    detail: 'There is no such file or device.',
  },
  {
    pattern: /permission denied/i,
    fault: 'refused',
    detail: 'The file or device may not be opened. Check its permissions.',
  },
  {
    pattern: /device or resource busy/i,
    fault: 'refused',
    detail: 'Another program uses the device.',
  },
  {
    pattern: /matches no streams|does not contain any stream|could not find codec parameters .*video/i,
    fault: 'unsupported',
    detail: 'There is no video in this stream that ffmpeg can read.',
  },
  {
    pattern: /protocol not found|unrecognized option|option .* not found|unknown input format/i,
    fault: 'unsupported',
    detail: 'This ffmpeg cannot read such a source. Check its version and build.',
  },
];

const DECODE_ERROR =
  /error while decoding|concealing|decode_slice|no frame!|invalid nal|error splitting|invalid data found when processing input|non-existing (p|s)ps|corrupt|missing picture|illegal|out of range|error submitting|reference picture missing|sps_id|pps_id|invalid level prefix|mb type|left block unavailable|top block unavailable|cbp too large/i;

/** Longest part of a line that is looked at, in characters; ffmpeg's own have a few hundred. */
const MAX_LINE = 4000;

/** Listens to one run of ffmpeg. */
export class FaultReader {
  #phase: Phase = 'connecting';
  #usesNetwork = false;
  #rule: number = RULES.length;
  #timedOut = false;
  #lastLine = '';
  #sinceFrame = 0;
  #secrets: readonly string[];

  /** Lines that tell of broken picture data, in all. */
  decodeErrors = 0;

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** Gives whether the line is a complaint about picture data. */
  readLine(whole: string): boolean {
    // A camera's own words stand in it, and may be of any length.
    const line = whole.slice(0, MAX_LINE);
    if (/starting connection attempt/i.test(line)) this.#usesNetwork = true;
    if (/successfully connected/i.test(line) && this.#phase === 'connecting') this.#phase = 'connected';
    if (/\bSDP:|^Input #0/.test(line)) this.#phase = 'described';
    if (/timed out/i.test(line)) this.#timedOut = true;
    const isComplaint = this.#phase === 'described' && DECODE_ERROR.test(line);
    if (isComplaint) {
      this.decodeErrors += 1;
      this.#sinceFrame += 1;
    }
    const rule = RULES.findIndex(({ pattern }) => pattern.test(line));
    if (rule >= 0 && rule < this.#rule) this.#rule = rule;
    if (!/Statistics:|^\s/.test(line) && line !== '')
      this.#lastLine = plainText(redact(line, this.#secrets), 200);
    return isComplaint;
  }

  /** A frame came: what was wrong before is over. */
  readFrame(): void {
    this.#sinceFrame = 0;
    this.#rule = RULES.length;
  }

  /** For a connection that stands, but no frame has come for `seconds`. */
  whileWaiting(seconds: number): Fault {
    const rule = RULES[this.#rule];
    if (rule !== undefined) return rule;
    if (this.#phase === 'connecting' && this.#usesNetwork) {
      return {
        fault: 'unreachable',
        detail: `The camera has not answered for ${seconds} s. Check its power, its address and the network between.`,
      };
    }
    if (this.#phase !== 'described' && this.#usesNetwork) {
      return {
        fault: 'silent',
        detail: `The camera accepts connections, but has not answered for ${seconds} s. Is it the right port?`,
      };
    }
    if (this.#sinceFrame > 0) return undecodable();
    return {
      fault: 'silent',
      detail: `The connection to the camera stands, but no picture has come for ${seconds} s.`,
    };
  }

  /** For an ffmpeg that has ended by itself. */
  atExit(hadFrames: boolean, code: number | null): Fault {
    const rule = RULES[this.#rule];
    if (rule !== undefined) return rule;
    if (!hadFrames && this.#usesNetwork && this.#phase !== 'described') {
      return {
        fault: 'silent',
        detail:
          'The camera accepts connections, but gives no valid answer. Is it the right port and protocol?',
      };
    }
    if (this.#timedOut)
      return { fault: 'silent', detail: 'The camera stopped sending; the connection timed out.' };
    if (this.#sinceFrame > 0 || /invalid data found/i.test(this.#lastLine)) return undecodable();
    if (code === 0) return { fault: 'ended', detail: 'The camera ended the stream.' };
    return { fault: 'failed', detail: `ffmpeg ended with code ${code}: ${this.#lastLine}` };
  }
}

/** Something comes, but no pictures, or hardly any. */
export function undecodable(): Fault {
  return {
    fault: 'undecodable',
    detail:
      'Data comes, but it cannot be decoded as video. Check the codec set at the camera and the network.',
  };
}
