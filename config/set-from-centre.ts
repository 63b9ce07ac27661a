// What somebody at the control centre cannot change in a camera's file, though they may draw its lines: what would let
// pictures or secrets leave the box, and whose counts they are.

import type { CameraConfig } from './camera.ts';
import type { CameraProblem } from './load.ts';
import { loosenedPictures } from './remote.ts';
import type { Secret } from './secret.ts';

/** Reasons against the change, with their places; none when it may be made. Secrets of both are loaded. */
export function forbiddenFromCentre(current: CameraConfig, next: CameraConfig): CameraProblem[] {
  const problems: CameraProblem[] = loosenedPictures(current.pictures, next.pictures).map((key) => ({
    path: ['pictures', key],
    message: `only somebody at the box can set this to ${String(next.pictures[key])}, in the file itself: it lets more pictures leave`,
  }));
  if (next.camera !== current.camera) {
    const message = `the camera is called ${current.camera}; under another name its counts would be those of another camera`;
    problems.push({ path: ['camera'], message });
  }
  if (next.source.url !== current.source.url && !ON_A_NETWORK.test(next.source.url)) {
    const message = 'only somebody at the box can name a file, folder or device of it as a camera';
    problems.push({ path: ['source', 'url'], message });
  }
  if (next.evidence.ring.directory !== current.evidence.ring.directory) {
    const message = 'only somebody at the box can name a folder of it to be written';
    problems.push({ path: ['evidence', 'ring', 'directory'], message });
  }
  return [...problems, ...aboutPassword(current.source, next.source)];
}

const ON_A_NETWORK = /^(?:rtsps?|https?):\/\//i;

function aboutPassword(current: CameraConfig['source'], next: CameraConfig['source']): CameraProblem[] {
  const { password } = next;
  if (password === undefined) return [];
  const path = ['source', 'password'];
  if (!('plain' in password.reference) && originOf(password) !== originOf(current.password)) {
    const message =
      'only somebody at the box can name a variable or file of it as a secret; write the password itself';
    return [{ path, message }];
  }
  // Else a camera of somebody's own would be told the password of this one.
  if (placeOf(next.url) !== placeOf(current.url) && password.reveal() === current.password?.reveal()) {
    return [{ path, message: 'with another address the password has to be written anew' }];
  }
  return [];
}

function originOf(secret: Secret | undefined): string | undefined {
  return secret?.origin;
}

function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
