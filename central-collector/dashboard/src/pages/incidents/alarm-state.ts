// The alarm of this screen: what rings now, and how people have set it. One for the whole page, whatever it shows.

import { computed, effect, signal } from '@preact/signals';
import { SEVERITIES } from '../../api/types.ts';
import { FIRST_SETTINGS, MUTE_MS, nextRingMs, type RingSettings, ringing, SILENCE } from './ring.ts';
import { AlarmSound, type SoundState } from './sound.ts';
import { activeIncidents, quietUntilMs } from './store.ts';

const KEY = 'ngatu.alarm';

const sound = new AlarmSound();
let last = SILENCE;

export const settings = signal<RingSettings>(stored());
export const soundState = signal<SoundState>('off');
/** How often it has rung since the page was opened. */
export const rings = signal(0);
/** Those that want to be heard, the worst first. */
export const loud = computed(() => ringing(activeIncidents.value.values(), settings.value.level));

export function change(next: Partial<RingSettings>): void {
  settings.value = { ...settings.value, ...next };
  try {
    localStorage.setItem(KEY, JSON.stringify(settings.value));
  } catch {
    // A browser without storage forgets the settings with the page; the alarm rings all the same.
    return;
  }
}

/** Called while a press is handled. Rings once, so that people hear what they have turned on. */
export async function turnOn(): Promise<void> {
  change({ sound: true });
  soundState.value = await sound.unlock();
  if (soundState.value === 'on') sound.play('medium', settings.value.volume);
}

export function turnOff(): void {
  change({ sound: false });
}

export function mute(nowMs = Date.now()): void {
  change({ mutedUntilMs: nowMs + MUTE_MS });
}

export function unmute(): void {
  change({ mutedUntilMs: 0 });
}

/** Rings when it is due, until the function that it gives is called. */
export function startRinging(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const plan = () => {
    clearTimeout(timer);
    const now = Date.now();
    const settled = loud.value.filter(({ id }) => (quietUntilMs.get(id) ?? 0) <= now);
    const next = nextRingMs(settled, last, settings.value);
    const wait = next === null ? (settled.length < loud.value.length ? 1000 : null) : next - now;
    if (wait === null) return;
    timer = setTimeout(ring, Math.max(0, wait));
  };
  const ring = () => {
    const now = Date.now();
    const settled = loud.peek().filter(({ id }) => (quietUntilMs.get(id) ?? 0) <= now);
    const due = nextRingMs(settled, last, settings.peek());
    const worst = settled[0];
    if (worst !== undefined && due !== null && due <= now) {
      last = { atMs: now, ids: new Set(settled.map(({ id }) => id)) };
      sound.play(worst.severity, settings.peek().volume);
      soundState.value = sound.state;
      if (sound.state === 'on') rings.value += 1;
    }
    plan();
  };
  const stopPlanning = effect(plan);
  // After a reload the browser wants a press again: any press on the page will do.
  const unlock = () => {
    if (!settings.peek().sound || soundState.peek() === 'on') return;
    void sound.unlock().then((state) => {
      soundState.value = state;
    });
  };
  unlock();
  window.addEventListener('click', unlock);
  window.addEventListener('keydown', unlock);
  return () => {
    clearTimeout(timer);
    stopPlanning();
    window.removeEventListener('click', unlock);
    window.removeEventListener('keydown', unlock);
  };
}

function stored(): RingSettings {
  try {
    const { sound, volume, level, mutedUntilMs } = JSON.parse(
      localStorage.getItem(KEY) ?? '{}',
    ) as Partial<RingSettings>;
    return {
      sound: sound === true,
      volume: typeof volume === 'number' && volume >= 0 && volume <= 1 ? volume : FIRST_SETTINGS.volume,
      level: [...SEVERITIES, 'never' as const].find((one) => one === level) ?? FIRST_SETTINGS.level,
      // A mute never outlasts its own length, whatever the clock did meanwhile.
      mutedUntilMs: Math.min(Number(mutedUntilMs) || 0, Date.now() + MUTE_MS),
    };
  } catch {
    return FIRST_SETTINGS;
  }
}
