import { describe, expect, it } from 'vitest';
import { clusterCameras, type MapCamera } from '../../../central-collector/dashboard/src/map/clusters.ts';
import { kindOf, readFeatures } from '../../../central-collector/dashboard/src/map/features.ts';
import { overlap, placeLabels } from '../../../central-collector/dashboard/src/map/labels.ts';
import { project } from '../../../central-collector/dashboard/src/map/projection.ts';

const SIZE = { width: 800, height: 600 };
const VIEW = { ...project({ lat: 20.85, lon: 106.68 }), zoom: 14 };

describe("the city's own map", () => {
  it.each([
    [{ kind: 'motorway' }, 'line', 'motorway'],
    [{ kind: 'tramway' }, 'line', 'other'],
    [{ highway: 'trunk_link' }, 'line', 'motorway'],
    [{ highway: 'secondary' }, 'line', 'major'],
    [{ highway: 'residential' }, 'line', 'minor'],
    [{ natural: 'water' }, 'area', 'water'],
    [{ waterway: 'river' }, 'line', 'water'],
    [{ leisure: 'park' }, 'area', 'park'],
    [{ railway: 'rail' }, 'line', 'rail'],
    [{ building: 'yes' }, 'area', 'building'],
    [{ place: 'suburb' }, 'point', 'place'],
    [{}, 'line', 'other'],
  ] as const)('draws %j, a %s, as %s', (properties, form, kind) => {
    expect(kindOf(properties, form)).toBe(kind);
  });

  it('makes one path of all streets of a kind, and names of those that have one', () => {
    const map = readFeatures(
      collection(
        line({ kind: 'major', name: 'Lạch Tray' }, [106.68, 20.85], [106.69, 20.84]),
        line({ kind: 'major' }, [106.67, 20.85], [106.68, 20.85]),
        polygon({ kind: 'water', name: 'Hồ An Biên' }),
      ),
    );
    expect(map.paths.map(({ kind, area }) => [kind, area])).toEqual([
      ['water', true],
      ['major', false],
    ]);
    expect(map.paths[1]?.d.match(/M/g)).toHaveLength(2);
    expect(map.labels.map(({ text }) => text)).toEqual(['Lạch Tray', 'Hồ An Biên']);
  });

  it.each([
    ['nothing', null],
    ['no GeoJSON', { hello: 'world' }],
    ['a text', 'map'],
    ['features without geometry', collection({ type: 'Feature', properties: null, geometry: null })],
    ['coordinates that are none', collection(line({ kind: 'minor' }, ['a', 'b'] as never, [] as never))],
    [
      'a polygon without rings',
      collection({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [] } }),
    ],
  ])('is empty, not broken, when it is %s', (_, geojson) => {
    const { paths, labels, bounds } = readFeatures(geojson);
    expect([paths, labels, bounds]).toEqual([[], [], []]);
  });
});

describe('names on the map', () => {
  it('stand once each, the more important first, and never on one another', () => {
    const labels = readFeatures(
      collection(
        line({ kind: 'minor', name: 'Ngõ nhỏ' }, [106.66, 20.85], [106.7, 20.85]),
        line({ kind: 'motorway', name: 'Quốc lộ 5' }, [106.66, 20.85], [106.7, 20.85]),
        line({ kind: 'motorway', name: 'Quốc lộ 5' }, [106.66, 20.86], [106.7, 20.86]),
      ),
    ).labels;
    const placed = placeLabels(labels, VIEW, SIZE);
    expect(placed.map(({ text }) => text)).toEqual(['Quốc lộ 5']);
    expect(
      placeLabels(labels, { ...VIEW, zoom: 15 }, SIZE).filter(({ text }) => text === 'Quốc lộ 5'),
    ).toHaveLength(1);
  });

  it('are never upside down', () => {
    const { labels } = readFeatures(
      collection(line({ kind: 'major', name: 'Lạch Tray' }, [106.69, 20.85], [106.67, 20.86])),
    );
    const [placed] = placeLabels(labels, VIEW, SIZE);
    expect(Math.abs(placed?.turn ?? 180)).toBeLessThanOrEqual(90);
  });

  it('keep off markers, and off the edge', () => {
    const { labels } = readFeatures(
      collection(line({ kind: 'major', name: 'Lạch Tray' }, [106.67, 20.85], [106.69, 20.85])),
    );
    const everything = { left: 0, top: 0, right: SIZE.width, bottom: SIZE.height };
    expect(placeLabels(labels, VIEW, SIZE, [everything])).toEqual([]);
    expect(placeLabels(labels, VIEW, { width: 40, height: 40 })).toEqual([]);
  });

  it.each([
    ['touching boxes', { left: 10, right: 20, top: 0, bottom: 10 }, true],
    ['boxes apart', { left: 14, right: 20, top: 0, bottom: 10 }, false],
    ['a box within', { left: 2, right: 3, top: 2, bottom: 3 }, true],
  ])('%s overlap: %o %s', (_, other, expected) => {
    expect(overlap({ left: 0, right: 10, top: 0, bottom: 10 }, other)).toBe(expected);
  });
});

describe('cameras on the map', () => {
  const camera = (id: string, x: number, more: Partial<MapCamera> = {}): MapCamera => ({
    id,
    name: id,
    state: 'live',
    incidents: 0,
    at: { x, y: 0.5 },
    ...more,
  });

  it('share a marker where they would lie on one another, which shows the worst of them', () => {
    const clusters = clusterCameras(
      [camera('a', 0), camera('b', 0.001, { state: 'offline' }), camera('c', 0.5, { incidents: 2 })],
      0.01,
    );
    expect(
      clusters.map(({ cameras, state, incidents }) => [cameras.map(({ id }) => id), state, incidents]),
    ).toEqual([
      [['c'], 'live', 2],
      [['b', 'a'], 'offline', 0],
    ]);
  });

  it('come apart when the map is closer', () => {
    expect(clusterCameras([camera('a', 0), camera('b', 0.001)], 0.0001)).toHaveLength(2);
  });
});

function collection(...features: unknown[]) {
  return { type: 'FeatureCollection', features };
}

function line(properties: Record<string, unknown>, ...coordinates: [number, number][]) {
  return { type: 'Feature', properties, geometry: { type: 'LineString', coordinates } };
}

function polygon(properties: Record<string, unknown>) {
  const ring = [
    [106.68, 20.85],
    [106.681, 20.85],
    [106.681, 20.851],
    [106.68, 20.85],
  ];
  return { type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [ring] } };
}
