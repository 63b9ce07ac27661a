import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHANNELS, filterOf, parseTopic, slugSchema, topicOf } from '../../contract/index.ts';
import { slug } from './arbitraries.ts';

describe('a topic', () => {
  it('is root, site, agent and channel', () => {
    expect(topicOf({ site: 'hai-phong', agent: 'box-017' }, 'events')).toBe(
      'ngatu/v1/hai-phong/box-017/events',
    );
    expect(filterOf('events')).toBe('ngatu/v1/+/+/events');
  });

  it('reads back as what it was made of, whatever the names', () => {
    fc.assert(
      fc.property(slug, slug, fc.constantFrom(...CHANNELS), (site, agent, channel) => {
        expect(parseTopic(topicOf({ site, agent }, channel))).toEqual({ site, agent, channel });
      }),
    );
  });

  it('reads back under another root too', () => {
    const topic = topicOf({ site: 'a', agent: 'b' }, 'ack', 'city/traffic/v1');
    expect(parseTopic(topic, 'city/traffic/v1')).toEqual({ site: 'a', agent: 'b', channel: 'ack' });
    expect(parseTopic(topic)).toBeUndefined();
  });

  it.each([
    ['a wildcard would match other agents', '+'],
    ['a slash would add a level', 'a/b'],
    ['capitals are no slug', 'Box'],
    ['empty levels are legal in MQTT and no name', ''],
    ['longer than 63', 'a'.repeat(64)],
  ])('is refused for an agent that is no slug: %s', (_reason, agent) => {
    expect(() => topicOf({ site: 'hai-phong', agent }, 'events')).toThrow(RangeError);
    expect(() => topicOf({ site: 'hai-phong', agent }, 'events')).toThrow(/^agent /);
  });

  it.each([
    ['of somebody else', 'zigbee2mqtt/bridge/state'],
    ['of a newer major version', 'ngatu/v2/hai-phong/box-017/events'],
    ['with a level too many', 'ngatu/v1/hai-phong/box-017/events/more'],
    ['with a level too few', 'ngatu/v1/hai-phong/events'],
    ['of an unknown channel', 'ngatu/v1/hai-phong/box-017/video'],
    ['with a capital', 'ngatu/v1/Hai-Phong/box-017/events'],
    ['with a root that only starts alike', 'ngatu/v10/hai-phong/box-017/events'],
    ['of a channel that every object has', 'ngatu/v1/a/b/constructor'],
    ['that is empty', ''],
  ])('%s is none of ours', (_reason, topic) => {
    expect(parseTopic(topic)).toBeUndefined();
  });

  it('never throws while being read, whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((rest) => `ngatu/v1/${rest}`),
        ),
        (topic) => {
          const address = parseTopic(topic);
          if (address) expect(topicOf(address, address.channel)).toBe(topic);
        },
      ),
    );
  });
});

describe('a slug', () => {
  it.each(['a', '7', 'nga-tu-1', 'a--b', 'a'.repeat(63)])('may be %s', (text) => {
    expect(slugSchema.safeParse(text).success).toBe(true);
  });

  it.each(['', '-a', 'a-', 'a_b', 'a b', 'ngã', 'A', 'a.b', 'a\n', '#'])('may not be %j', (text) => {
    expect(slugSchema.safeParse(text).success).toBe(false);
  });
});
