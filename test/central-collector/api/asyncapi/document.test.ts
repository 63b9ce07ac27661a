import { afterEach, describe, expect, it } from 'vitest';
import { addAsyncApiRoute, asyncApiDocument } from '../../../../central-collector/api/asyncapi/document.ts';
import { STREAM_KINDS } from '../../../../central-collector/api/schemas/stream.ts';
import { CHANNELS, topicOf } from '../../../../contract/index.ts';
import { closeRigs, openRig } from '../accounts/rig.ts';

afterEach(closeRigs);

type Refs = { $ref: string };
type Document = {
  asyncapi: string;
  info: { title: string; version: string };
  servers: Record<
    string,
    { host: string; protocol: string; variables: Record<string, object>; security: Refs[] }
  >;
  channels: Record<
    string,
    {
      address: string | null;
      messages: Record<string, Refs>;
      parameters?: Record<string, object>;
      servers?: Refs[];
    }
  >;
  operations: Record<string, { action: string; channel: Refs; messages: Refs[] }>;
  components: {
    messages: Record<string, { payload: Refs }>;
    schemas: Record<string, object>;
    securitySchemes: Record<string, { type: string }>;
  };
};

const document = JSON.parse(JSON.stringify(asyncApiDocument({ version: '1.2.3' }))) as Document;

function at(pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (value, key) => (value as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/')],
      document,
    );
}

/** All references of the document's own; those within a JSON Schema are that schema's. */
function refsIn(value: unknown, found: string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return found;
  if ('schemaFormat' in value) return found;
  for (const [key, part] of Object.entries(value)) {
    if (key === '$ref') found.push(part as string);
    else refsIn(part, found);
  }
  return found;
}

describe('the AsyncAPI document', () => {
  it('is of version 3.0 with what that asks for', () => {
    expect(document).toMatchObject({
      asyncapi: '3.0.0',
      info: { version: '1.2.3', title: expect.any(String) },
    });
    const names = [
      document.servers,
      document.channels,
      document.operations,
      ...Object.values(document.components),
    ];
    for (const name of names.flatMap((part) => Object.keys(part))) expect(name).toMatch(/^[\w\-.]+$/);
    for (const { host, variables } of Object.values(document.servers)) {
      for (const [, name] of host.matchAll(/\{(\w+)\}/g)) expect(variables).toHaveProperty(name as string);
    }
  });

  it('refers to nothing that is not there', () => {
    const refs = refsIn(document);
    expect(refs.length).toBeGreaterThan(50);
    for (const ref of refs) expect(at(ref), ref).toBeDefined();
  });

  it('declares the parameters of every address, and no others', () => {
    for (const { address, parameters = {} } of Object.values(document.channels)) {
      const named = [...(address ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(parameters)).toEqual(named);
    }
  });

  it('has operations that send and receive messages of their own channel', () => {
    for (const [name, { action, channel, messages }] of Object.entries(document.operations)) {
      expect(['send', 'receive'], name).toContain(action);
      for (const { $ref } of messages) expect($ref.startsWith(`${channel.$ref}/messages/`), name).toBe(true);
    }
    const used = new Set(Object.values(document.operations).map(({ channel }) => channel.$ref));
    for (const name of Object.keys(document.channels)) expect(used).toContain(`#/channels/${name}`);
  });

  it('has every topic of the contract', () => {
    for (const channel of CHANNELS) {
      const address = topicOf({ site: 'site', agent: 'agent' }, channel).replace(
        '/site/agent/',
        '/{site}/{agent}/',
      );
      expect(document.channels[`mqtt-${channel}`]?.address).toBe(address);
    }
  });

  it.each(STREAM_KINDS)('has the event %s on both streams, with a schema of its data', (kind) => {
    for (const channel of ['events-sse', 'events-websocket']) {
      expect(document.channels[channel]?.messages).toHaveProperty(`stream-${kind}`);
    }
    expect(document.components.schemas[`stream-${kind}`]).toMatchObject({
      schemaFormat: 'application/schema+json;version=draft-2020-12',
      schema: { properties: { type: { const: `ngatu.${kind}.v1` }, data: { type: 'object' } } },
    });
  });

  it('has a schema for every message, and none that nobody uses', () => {
    const used = Object.values(document.components.messages).map(({ payload }) => payload.$ref);
    const all = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(new Set(used)).toEqual(new Set(all));
  });

  it('says nothing of this machine', () => {
    expect(JSON.stringify(document)).not.toMatch(/127\.0\.0\.1|localhost|\/(?:root|home|work)\//);
  });

  it('is served to whoever connects another system', async () => {
    const { server, gate } = await openRig();
    await server.register(
      (api, _options, done) => {
        addAsyncApiRoute(api, gate, '1.2.3');
        done();
      },
      { prefix: '/api/v1' },
    );
    const response = await server.inject({ url: '/api/v1/asyncapi.json' });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain('application/json');
    expect(response.json()).toEqual(document);
  });
});
