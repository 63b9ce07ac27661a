// The alarm's sound, made by the page itself: two tones that rise, three times for the worst. Browsers let a page sound
// only after somebody has pressed something on it.

import type { Severity } from '../../api/types.ts';

export type SoundState = 'off' | 'on' | 'blocked';

type Pattern = {
  readonly tonesHz: readonly number[];
  readonly toneS: number;
  readonly times: number;
  /** Of the whole, so that a hint is softer than an alarm. */
  readonly gain: number;
};

const ALARM: Pattern = { tonesHz: [740, 988], toneS: 0.14, times: 3, gain: 1 };
const PATTERNS: Readonly<Record<Severity, Pattern>> = {
  critical: ALARM,
  high: { ...ALARM, times: 2 },
  medium: { tonesHz: [660, 880], toneS: 0.16, times: 1, gain: 0.8 },
  low: { tonesHz: [587], toneS: 0.2, times: 1, gain: 0.6 },
  informational: { tonesHz: [523], toneS: 0.2, times: 1, gain: 0.5 },
};
/** Tones swell and fade so long: a hard edge is a click. */
const EDGE_S = 0.015;
const PAUSE_S = 0.12;

export class AlarmSound {
  #context: AudioContext | undefined;

  get state(): SoundState {
    if (this.#context === undefined) return 'off';
    return this.#context.state === 'running' ? 'on' : 'blocked';
  }

  /** Asks the browser; it allows it while it handles a press of a key or button. */
  async unlock(): Promise<SoundState> {
    this.#context ??= new AudioContext();
    // Without a press this promise waits for one for ever.
    if (this.#context.state !== 'running')
      await Promise.race([this.#context.resume(), new Promise((done) => setTimeout(done, 300))]);
    return this.state;
  }

  /** @param volume 0 to 1 */
  play(severity: Severity, volume: number): void {
    const context = this.#context;
    if (context === undefined || context.state !== 'running') return;
    const { tonesHz, toneS, times, gain } = PATTERNS[severity];
    let at = context.currentTime + 0.02;
    for (let turn = 0; turn < times; turn++) {
      for (const hz of tonesHz) {
        this.#tone(context, hz, at, toneS, volume ** 2 * gain);
        at += toneS;
      }
      at += PAUSE_S;
    }
  }

  #tone(context: AudioContext, hz: number, at: number, lengthS: number, loudness: number): void {
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.type = 'triangle';
    tone.frequency.value = hz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loudness, at + EDGE_S);
    gain.gain.setValueAtTime(loudness, at + lengthS - EDGE_S);
    gain.gain.linearRampToValueAtTime(0, at + lengthS);
    tone.connect(gain).connect(context.destination);
    tone.start(at);
    tone.stop(at + lengthS);
    tone.onended = () => gain.disconnect();
  }
}
