// The rendered world of one scene: what stands still is drawn once into plates, each frame adds what moves.

import * as THREE from 'three';
import type { Layout } from '../layout/layout.ts';
import { buildScenery, type Scenery } from '../scene/scenery.ts';
import type { Scene } from '../scene-file.ts';
import type { Snapshot } from '../sim/vehicle.ts';
import { Camera } from '../truth/camera.ts';
import { Actors } from './actors.ts';
import { buildHouses } from './buildings.ts';
import { Effects, lensCover, Rain } from './effects.ts';
import { buildGround } from './ground.ts';
import { Plates } from './plates.ts';
import { type Lighting, lighting, reflections, skyCanvas } from './sky.ts';
import { canvasTexture, makeCanvas } from './textures.ts';
import type { SunMap } from './vehicle-material.ts';

const SHADOW_MAP_PX = 2048;
const SHADOW_REACH_M = 72;
/** Lens colours, off and on: red, amber, green. */
const LENSES = [
  [0x260404, 0xff2a18],
  [0x241a04, 0xffb020],
  [0x04240c, 0x28ff90],
] as const;
const SIGNALS = ['red', 'amber', 'green'] as const;

export class World {
  readonly width: number;
  readonly height: number;
  readonly #renderer: THREE.WebGLRenderer;
  readonly #camera: THREE.PerspectiveCamera;
  readonly #still = new THREE.Scene();
  readonly #actors: Actors;
  readonly #lenses: {
    readonly mesh: THREE.Mesh<THREE.CircleGeometry, THREE.MeshBasicMaterial>;
    readonly group: string;
    readonly colour: 0 | 1 | 2;
  }[] = [];
  readonly #light: Lighting;
  readonly #plates: Plates;
  readonly #rain: Rain | undefined;
  readonly #cover: THREE.Mesh;

  constructor(scene: Scene, layout: Layout, canvas: HTMLCanvasElement) {
    const lens = new Camera(scene.camera, scene.picture);
    this.width = 2 * Math.ceil((scene.picture.width * lens.overscan) / 2);
    this.height = 2 * Math.ceil((scene.picture.height * lens.overscan) / 2);
    canvas.width = this.width;
    canvas.height = this.height;
    const renderer = new THREE.WebGLRenderer({
      canvas,
      antialias: false,
      alpha: false,
      powerPreference: 'high-performance',
    });
    renderer.setPixelRatio(1);
    renderer.setSize(this.width, this.height, false);
    renderer.toneMapping = THREE.ACESFilmicToneMapping;
    renderer.shadowMap.enabled = true;
    renderer.shadowMap.type = THREE.PCFShadowMap;
    this.#renderer = renderer;
    this.#light = lighting(scene);
    this.#camera = threeCamera(lens, this.width, this.height);

    const sky = skyCanvas(scene);
    const generator = new THREE.PMREMGenerator(renderer);
    this.#still.environment = generator.fromScene(
      reflections(scene, sky, this.#light),
      0.015,
      0.1,
      1000,
    ).texture;
    const skyTexture = canvasTexture(sky);
    skyTexture.mapping = THREE.EquirectangularReflectionMapping;
    const murky = scene.weather.kind === 'fog' || scene.weather.kind === 'rain';
    this.#still.background = murky ? new THREE.Color(this.#light.fogColour) : skyTexture;
    this.#still.backgroundIntensity = this.#light.night ? 0.4 : 1.2;
    this.#still.environmentIntensity = this.#light.skyIntensity;
    this.#still.fog = new THREE.FogExp2(this.#light.fogColour, this.#light.fogDensity);
    renderer.toneMappingExposure = this.#light.night ? 1 : 0.85;

    const sun = this.#addSun(scene);
    const scenery = buildScenery(layout, scene.camera, scene.seed);
    const ground = buildGround(layout, scene.seed, this.#light.wet);
    this.#still.add(
      ...ground,
      buildHouses(scenery.layout.buildings, this.#light.night),
      buildTrees(scenery),
      buildFurniture(scenery, this.#light.night),
    );
    if (this.#light.night) this.#addStreetLight(scenery);
    for (const lensAt of scenery.lenses) {
      const mesh = new THREE.Mesh(
        new THREE.CircleGeometry(0.11, 14),
        new THREE.MeshBasicMaterial({ color: 0x111111 }),
      );
      mesh.position.set(lensAt.x, lensAt.y, lensAt.z);
      mesh.rotation.y = lensAt.facingRad + Math.PI / 2;
      this.#still.add(mesh);
      this.#lenses.push({ mesh, group: lensAt.group, colour: lensAt.colour });
    }

    const white = new THREE.DataTexture(new Uint8Array([255, 255, 255, 255]), 1, 1);
    white.needsUpdate = true;
    const sunMap: SunMap = {
      texture: { value: white },
      area: { value: new THREE.Vector4(0, 0, 1, 1) },
      direction: { value: this.#light.sunDirection },
    };
    this.#actors = new Actors(this.#light, new Effects(this.#light, scene.weather.kind === 'clear'), sunMap);
    const shadows = !this.#light.night && this.#light.sunIntensity > 0.3;
    this.#plates = new Plates({
      renderer,
      camera: this.#camera,
      still: this.#still,
      sun,
      ground,
      shadows,
      targetGrey: this.#light.targetGrey,
      bounds: layout.bounds,
      sunMap,
    });
    this.#plates.moving.add(this.#actors.group, ...this.#lenses.map(({ mesh }) => mesh));
    this.#rain = this.#light.wet ? new Rain(this.#camera, scene.seed) : undefined;
    if (this.#rain) this.#plates.moving.add(this.#rain.lines);
    const covering = scene.events.find((event) => event.event === 'camera-obscured');
    this.#cover = lensCover(covering?.event === 'camera-obscured' ? covering.share : 0, scene.seed);
    this.#cover.visible = false;
    this.#plates.moving.add(this.#cover);
  }

  /** Draws a frame; the pixels are in `pixels()` afterwards. */
  draw(snapshot: Snapshot, obscured: boolean): void {
    this.#actors.show(snapshot.actors, snapshot.t, this.#camera.position);
    for (const { mesh, group, colour } of this.#lenses) {
      const lit = snapshot.signals[group] === SIGNALS[colour];
      mesh.material.color.set(LENSES[colour][lit ? 1 : 0]);
      if (lit) mesh.material.color.multiplyScalar(2);
    }
    this.#rain?.update();
    this.#cover.visible = obscured;
    this.#renderer.render(this.#plates.moving, this.#camera);
  }

  /** RGBA rows from the bottom up. */
  read(into: Uint8Array): void {
    const gl = this.#renderer.getContext();
    gl.readPixels(0, 0, this.width, this.height, gl.RGBA, gl.UNSIGNED_BYTE, into);
  }

  dispose(): void {
    this.#renderer.dispose();
    this.#renderer.forceContextLoss();
  }

  #addSun(scene: Scene): THREE.DirectionalLight {
    const light = this.#light;
    const sun = new THREE.DirectionalLight(light.sunColour, light.sunIntensity);
    const pan = (scene.camera.panDeg * Math.PI) / 180;
    // Shadows matter where the camera looks: some way ahead of it.
    const target = new THREE.Vector3(
      scene.camera.position[0] + Math.sin(pan) * 50,
      0,
      -(scene.camera.position[1] + Math.cos(pan) * 50),
    );
    sun.position.copy(light.sunDirection).multiplyScalar(140).add(target);
    sun.target.position.copy(target);
    sun.castShadow = true;
    sun.shadow.mapSize.set(SHADOW_MAP_PX, SHADOW_MAP_PX);
    const { camera } = sun.shadow;
    camera.left = camera.bottom = -SHADOW_REACH_M;
    camera.right = camera.top = SHADOW_REACH_M;
    camera.near = 10;
    camera.far = 320;
    sun.shadow.bias = -0.0006;
    sun.shadow.normalBias = 0.04;
    sun.shadow.radius = 2;
    const dusk = scene.light.time === 'dusk';
    this.#still.add(
      sun,
      sun.target,
      new THREE.HemisphereLight(
        light.night ? 0x3a3f55 : dusk ? 0x9aa6c4 : 0xbdd3ea,
        light.night ? 0x2a2118 : 0x55514a,
        light.night ? 1.6 : dusk ? 0.7 : 0.35,
      ),
    );
    return sun;
  }

  #addStreetLight(scenery: Scenery): void {
    const lamps = scenery.layout.lamps
      .map((lamp) => ({
        lamp,
        away: this.#camera.position.distanceTo(new THREE.Vector3(lamp.x, 8, -lamp.y)),
      }))
      .sort((a, b) => a.away - b.away)
      .slice(0, 10);
    for (const { lamp } of lamps) {
      const spot = new THREE.SpotLight(0xffd3a0, 300, 34, 1.25, 0.8, 1.7);
      const x = lamp.x + Math.cos(lamp.facingRad) * 2.4;
      const z = -(lamp.y + Math.sin(lamp.facingRad) * 2.4);
      spot.position.set(x, 8.4, z);
      spot.target.position.set(x, 0, z);
      this.#still.add(spot, spot.target);
    }
  }
}

function threeCamera(lens: Camera, width: number, height: number): THREE.PerspectiveCamera {
  const camera = new THREE.PerspectiveCamera(
    (2 * Math.atan(height / 2 / lens.focalPx) * 180) / Math.PI,
    width / height,
    0.5,
    600,
  );
  const axis = ([x, y, z]: readonly [number, number, number]): THREE.Vector3 => new THREE.Vector3(x, z, -y);
  const basis = new THREE.Matrix4().makeBasis(
    axis(lens.right),
    axis(lens.down).negate(),
    axis(lens.forward).negate(),
  );
  camera.quaternion.setFromRotationMatrix(basis);
  camera.position.copy(axis(lens.position));
  camera.updateMatrixWorld();
  return camera;
}

function buildTrees(scenery: Scenery): THREE.Group {
  const group = new THREE.Group();
  const leaf = new THREE.MeshStandardMaterial({
    map: leafTexture(),
    alphaTest: 0.42,
    side: THREE.DoubleSide,
    roughness: 0.85,
    vertexColors: true,
    envMapIntensity: 0.5,
  });
  // Leaves seen from behind would turn black: keep the crown's own normals.
  leaf.onBeforeCompile = (shader) => {
    shader.fragmentShader = shader.fragmentShader.replace(
      '#include <normal_fragment_begin>',
      'float faceDirection = 1.0; vec3 normal = normalize(vNormal); vec3 nonPerturbedNormal = normal;',
    );
  };
  const bark = new THREE.MeshStandardMaterial({ vertexColors: true, roughness: 1 });
  const shapes = scenery.treeShapes.map(({ trunk, cards }) => {
    const crown = new THREE.BufferGeometry();
    crown.setAttribute('position', new THREE.BufferAttribute(cards.positions, 3));
    crown.setAttribute('normal', new THREE.BufferAttribute(cards.normals, 3));
    crown.setAttribute('uv', new THREE.BufferAttribute(cards.uvs, 2));
    crown.setAttribute('color', new THREE.BufferAttribute(cards.colours, 3));
    return { crown, trunk: plainGeometry(trunk) };
  });
  for (const tree of scenery.trees) {
    const shape = shapes[tree.shape];
    if (!shape) continue;
    const crown = new THREE.Mesh(shape.crown, leaf);
    const trunk = new THREE.Mesh(shape.trunk, bark);
    for (const part of [crown, trunk]) {
      part.castShadow = part.receiveShadow = true;
      part.position.set(tree.x, 0, -tree.y);
      part.rotation.y = tree.turnRad;
      part.scale.setScalar(tree.scale);
      group.add(part);
    }
  }
  return group;
}

function buildFurniture(scenery: Scenery, night: boolean): THREE.Group {
  const group = new THREE.Group();
  const furniture = new THREE.Mesh(
    plainGeometry(scenery.furniture),
    new THREE.MeshStandardMaterial({ vertexColors: true, roughness: 0.6, metalness: 0.2 }),
  );
  furniture.castShadow = furniture.receiveShadow = true;
  const panels = new THREE.Mesh(
    plainGeometry(scenery.lampPanels),
    new THREE.MeshBasicMaterial({ color: night ? new THREE.Color(8, 6.2, 4) : 0xcfd2d4 }),
  );
  group.add(furniture, panels);
  return group;
}

function plainGeometry(mesh: Scenery['furniture']): THREE.BufferGeometry {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute('position', new THREE.BufferAttribute(mesh.positions, 3));
  geometry.setAttribute('normal', new THREE.BufferAttribute(mesh.normals, 3));
  geometry.setAttribute('color', new THREE.BufferAttribute(mesh.colours, 3));
  return geometry;
}

function leafTexture(): THREE.Texture {
  const { canvas, context } = makeCanvas(256, 256);
  // Fixed numbers: every tree of every scene shares the texture.
  let state = 31;
  const random = (): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  for (let i = 0; i < 150; i++) {
    const angle = random() * 6.28;
    const distance = Math.sqrt(random()) * 105;
    context.save();
    context.translate(128 + Math.cos(angle) * distance, 128 + Math.sin(angle) * distance);
    context.rotate(random() * 6.28);
    const light = 0.65 + 0.5 * random();
    context.fillStyle = `rgb(${86 * light},${112 * light},${50 * light})`;
    context.beginPath();
    context.ellipse(0, 0, 13 + 7 * random(), 6 + 4 * random(), 0, 0, 7);
    context.fill();
    context.restore();
  }
  return canvasTexture(canvas, { anisotropy: 2 });
}
