// Routes of a camera's set-up, described. A still is evidence like any other, for all who may read; its file and where people
// drove in the last minutes are for those who may change it.

import { z } from 'zod';
import type { RouteDescription } from '../route.ts';
import { cameraParams } from '../schemas/common.ts';
import * as schema from '../schemas/setup.ts';

const CAMERA = '/cameras/:site/:agent/:camera';

/** A text of the largest size, as JSON. */
const BODY_LIMIT_BYTES = 1024 * 1024;

export const SETUP_ROUTES = {
  still: {
    method: 'GET',
    path: `${CAMERA}/still`,
    access: 'read',
    summary:
      'The newest picture of a camera, where its box lets pictures leave; faces and plates are hidden in it.',
    params: cameraParams,
    status: 200,
    produces: ['image/jpeg'],
    cache: 'private',
  },
  configuration: {
    method: 'GET',
    path: `${CAMERA}/configuration`,
    access: 'configure',
    summary: 'The file that the camera runs with, its secrets hidden.',
    params: cameraParams,
    status: 200,
    answer: schema.configurationAnswer,
  },
  check: {
    method: 'POST',
    path: `${CAMERA}/configuration/check`,
    access: 'configure',
    summary: 'What is wrong with a text, without sending it anywhere.',
    params: cameraParams,
    body: schema.checkBody,
    bodyLimit: BODY_LIMIT_BYTES,
    status: 200,
    answer: schema.checkAnswer,
  },
  save: {
    method: 'PUT',
    path: `${CAMERA}/configuration`,
    access: 'configure',
    summary:
      'Send a new version to the box, which tries it and goes back by itself when the camera does not run with it.',
    params: cameraParams,
    body: schema.configurationBody,
    bodyLimit: BODY_LIMIT_BYTES,
    status: 200,
    answer: schema.savedAnswer,
  },
  rollBack: {
    method: 'POST',
    path: `${CAMERA}/configuration/roll-back`,
    access: 'configure',
    summary: 'Make the text of an older version the newest.',
    params: cameraParams,
    body: schema.rollBackBody,
    status: 200,
    answer: schema.savedAnswer,
  },
  versions: {
    method: 'GET',
    path: `${CAMERA}/configuration/versions`,
    access: 'configure',
    summary: 'All versions, newest first: who, when, and what became of each.',
    params: cameraParams,
    status: 200,
    answer: schema.versionsAnswer,
  },
  version: {
    method: 'GET',
    path: `${CAMERA}/configuration/versions/:revision`,
    access: 'configure',
    summary: 'One version with its text.',
    params: cameraParams.extend({ revision: z.coerce.number().int().min(1) }),
    status: 200,
    answer: schema.versionAnswer,
  },
  trajectories: {
    method: 'GET',
    path: `${CAMERA}/trajectories`,
    access: 'configure',
    summary: 'Where road users were in the last minutes, in pixels of the picture.',
    params: cameraParams,
    query: schema.trajectoriesQuery,
    status: 200,
    answer: schema.trajectoriesAnswer,
  },
} as const satisfies Record<string, RouteDescription>;
