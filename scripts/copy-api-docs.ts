// Part of `npm run build`: puts the files of the API's documentation page where the centre serves them from.

import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** dist/scripts is two levels below the checkout. */
const ROOT = join(import.meta.dirname, '..', '..');
const OURS = join(ROOT, 'central-collector', 'api', 'openapi', 'page');
const TO = join(ROOT, 'dist', 'central-collector', 'api', 'openapi', 'page');
const SWAGGER = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));

await mkdir(TO, { recursive: true });
for (const name of ['index.html', 'docs.css', 'docs.js']) await copyFile(join(OURS, name), join(TO, name));
for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js', 'LICENSE', 'NOTICE']) {
  await copyFile(join(SWAGGER, name), join(TO, name));
}
