// What pages need to know of the centre before anything else: its name and time zone.

import { signal } from '@preact/signals';
import type { CentreAnswer } from '../../../api/schemas/places.ts';
import { preferCentreLanguage } from '../words/words.ts';
import { get } from './client.ts';

export const centre = signal<CentreAnswer | null>(null);

const RETRY_MS = 3000;

export async function loadCentre(): Promise<void> {
  try {
    const answer = await get<CentreAnswer>('/centre');
    centre.value = answer;
    preferCentreLanguage(answer.language);
  } catch {
    // The shell says that the centre does not answer; here is only: again.
    setTimeout(() => void loadCentre(), RETRY_MS);
  }
}
