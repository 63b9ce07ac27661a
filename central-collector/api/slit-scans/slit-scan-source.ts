// What the routes of slit scans need; centre.ts hands it in. Failures have a `code` that says what they are to a client.

import type { SlitScanAnswer } from '../schemas/slit-scan.ts';

export type CityLine = {
  readonly site: string;
  readonly agent: string;
  readonly camera: string;
  readonly line: string;
};

export type SlitScanSource = {
  /** Of the centre: of local dates. */
  readonly timeZone: string;
  /** Times are ms since 1970, `toMs` is exclusive. Pictures are named by their hash. */
  read(line: CityLine, fromMs: number, toMs: number): Promise<SlitScanRead>;
  /** JPEG. */
  picture(line: CityLine, piece: { readonly fromMs: number; readonly sha256: string }): Promise<Buffer>;
};

export type SlitScanRead = Omit<SlitScanAnswer, 'pieces'> & {
  readonly pieces: readonly (Omit<SlitScanAnswer['pieces'][number], 'picture'> & {
    readonly sha256: string;
  })[];
};
