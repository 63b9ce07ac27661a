// Routes of slit scans, described. They are pictures of the camera like a still: for all who may read, where the box lets
// pictures leave.

import type { RouteDescription } from '../route.ts';
import { cameraParams } from '../schemas/common.ts';
import * as schema from '../schemas/slit-scan.ts';

const CAMERA = '/cameras/:site/:agent/:camera';

export const SLIT_SCAN_ROUTES = {
  slitScan: {
    method: 'GET',
    path: `${CAMERA}/slit-scan`,
    access: 'read',
    summary:
      'A counting line over time as pictures, with the passages that were counted, for checking counts by eye. Ten minutes at most.',
    params: cameraParams,
    query: schema.slitScanQuery,
    status: 200,
    answer: schema.slitScanAnswer,
  },
  picture: {
    method: 'GET',
    path: `${CAMERA}/slit-scan/picture`,
    access: 'read',
    summary: 'A picture that a slit scan names.',
    params: cameraParams,
    query: schema.slitScanPictureQuery,
    status: 200,
    produces: ['image/jpeg'],
    cache: 'private',
  },
} as const satisfies Record<string, RouteDescription>;
