// Plates: the still scene drawn once, with and without sun, and its depth. A frame then starts from these
// pictures, which is 4 to 20 times faster than drawing everything again.

import * as THREE from 'three';
import type { Layout } from '../layout/layout.ts';
import type { SunMap } from './vehicle-material.ts';

export type PlateOptions = {
  readonly renderer: THREE.WebGLRenderer;
  readonly camera: THREE.PerspectiveCamera;
  readonly still: THREE.Scene;
  readonly sun: THREE.DirectionalLight;
  readonly ground: readonly THREE.Mesh[];
  readonly shadows: boolean;
  readonly targetGrey: number;
  /** Part of the ground that the sun map covers. */
  readonly bounds: Layout['bounds'];
  readonly sunMap: SunMap;
};

/** Pictures averaged for a smooth plate. */
const SAMPLES = 8;

export class Plates {
  /** What is drawn each frame. */
  readonly moving = new THREE.Scene();
  readonly #options: PlateOptions;
  readonly #size: THREE.Vector2;

  constructor(options: PlateOptions) {
    this.#options = options;
    const { renderer, camera, still, sun } = options;
    this.#size = renderer.getSize(new THREE.Vector2());
    this.#expose();
    const full = sun.intensity;
    renderer.shadowMap.autoUpdate = false;
    renderer.shadowMap.needsUpdate = true;
    const lit = this.#average();
    sun.intensity = 0;
    const shaded = options.shadows ? this.#average() : lit;
    sun.intensity = full;
    if (options.shadows) bakeSunMap(renderer, still, sun, options.bounds, options.sunMap);
    const depth = this.#depth();
    renderer.shadowMap.autoUpdate = true;

    this.moving.environment = still.environment;
    this.moving.environmentIntensity = still.environmentIntensity;
    this.moving.fog = still.fog;
    this.moving.add(backdrop(lit, depth));
    // Lights move over: from now on only moving things are lit.
    for (const object of [...still.children]) {
      if (object instanceof THREE.Light) {
        this.moving.add(object);
        if (object instanceof THREE.DirectionalLight || object instanceof THREE.SpotLight)
          this.moving.add(object.target);
      }
    }
    if (options.shadows) for (const ground of options.ground) this.moving.add(shadowCatcher(ground, shaded));
    camera.updateMatrixWorld();
  }

  /** Automatic exposure of the still scene, as a camera would do it. */
  #expose(): void {
    const { renderer, camera, still, targetGrey } = this.#options;
    const { x: width, y: height } = this.#size;
    const pixels = new Uint8Array(width * height * 4);
    for (let round = 0; round < 3; round++) {
      renderer.render(still, camera);
      readPixels(renderer, width, height, pixels);
      let sum = 0;
      let count = 0;
      // The lower four fifths: the sky must not decide.
      for (let y = 0; y < height * 0.8; y += 4) {
        for (let x = 0; x < width; x += 4) {
          const at = (y * width + x) * 4;
          sum += (pixels[at] ?? 0) * 0.3 + (pixels[at + 1] ?? 0) * 0.59 + (pixels[at + 2] ?? 0) * 0.11;
          count++;
        }
      }
      const exposure = renderer.toneMappingExposure * (targetGrey / Math.max(1, sum / count)) ** 1.25;
      renderer.toneMappingExposure = Math.max(0.35, Math.min(2.6, exposure));
    }
  }

  #average(): THREE.DataTexture {
    const { renderer, camera, still } = this.#options;
    const { x: width, y: height } = this.#size;
    const sums = new Float32Array(width * height * 4);
    const pixels = new Uint8Array(width * height * 4);
    for (let i = 0; i < SAMPLES; i++) {
      // Low-discrepancy offsets (R2 sequence) inside one pixel.
      camera.setViewOffset(
        width,
        height,
        ((i * 0.754877) % 1) - 0.5,
        ((i * 0.56984) % 1) - 0.5,
        width,
        height,
      );
      renderer.render(still, camera);
      readPixels(renderer, width, height, pixels);
      for (let k = 0; k < sums.length; k++) sums[k] = (sums[k] ?? 0) + (pixels[k] ?? 0);
    }
    camera.clearViewOffset();
    const texture = new THREE.DataTexture(
      Uint8Array.from(sums, (sum) => sum / SAMPLES + 0.5),
      width,
      height,
      THREE.RGBAFormat,
    );
    texture.minFilter = texture.magFilter = THREE.NearestFilter;
    texture.needsUpdate = true;
    return texture;
  }

  #depth(): THREE.DepthTexture {
    const { renderer, camera, still } = this.#options;
    const depth = new THREE.DepthTexture(this.#size.x, this.#size.y, THREE.UnsignedIntType);
    depth.minFilter = depth.magFilter = THREE.NearestFilter;
    const target = new THREE.WebGLRenderTarget(this.#size.x, this.#size.y, { depthTexture: depth });
    renderer.setRenderTarget(target);
    renderer.render(still, camera);
    renderer.setRenderTarget(null);
    return depth;
  }
}

/**
 * Where sun reaches the ground among the still things; vehicles look it up instead of casting rays. Uses the
 * shadow map as it is: automatic updates must be off, since this camera sees no casters.
 */
function bakeSunMap(
  renderer: THREE.WebGLRenderer,
  still: THREE.Scene,
  sun: THREE.DirectionalLight,
  bounds: Layout['bounds'],
  map: SunMap,
): void {
  const width = bounds.maxX - bounds.minX;
  const depth = bounds.maxY - bounds.minY;
  const target = new THREE.WebGLRenderTarget(1024, 2048, {
    depthBuffer: false,
    magFilter: THREE.LinearFilter,
    minFilter: THREE.LinearFilter,
  });
  const catcher = new THREE.Mesh(
    new THREE.PlaneGeometry(width, depth),
    new THREE.ShadowMaterial({ color: 0, opacity: 1, fog: false, toneMapped: false }),
  );
  catcher.rotation.x = -Math.PI / 2;
  catcher.position.set((bounds.minX + bounds.maxX) / 2, 0.02, -(bounds.minY + bounds.maxY) / 2);
  catcher.receiveShadow = true;
  catcher.layers.set(2);
  const camera = new THREE.OrthographicCamera(-width / 2, width / 2, depth / 2, -depth / 2, 0.1, 50);
  camera.position.set(catcher.position.x, 20, catcher.position.z);
  camera.up.set(0, 0, -1);
  camera.lookAt(catcher.position);
  camera.layers.set(2);
  camera.updateMatrixWorld();
  const { background, fog } = still;
  still.background = new THREE.Color(1, 1, 1);
  still.fog = null;
  still.add(catcher);
  sun.layers.enable(2);
  renderer.setRenderTarget(target);
  renderer.clear();
  renderer.render(still, camera);
  renderer.setRenderTarget(null);
  still.remove(catcher);
  still.background = background;
  still.fog = fog;
  map.texture.value = target.texture;
  map.area.value.set(bounds.minX, -bounds.maxY, width, depth);
}

function readPixels(renderer: THREE.WebGLRenderer, width: number, height: number, into: Uint8Array): void {
  const gl = renderer.getContext();
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, into);
}

function backdrop(lit: THREE.Texture, depth: THREE.Texture): THREE.Mesh {
  const material = new THREE.ShaderMaterial({
    glslVersion: THREE.GLSL3,
    depthTest: true,
    depthFunc: THREE.AlwaysDepth,
    depthWrite: true,
    uniforms: { plate: { value: lit }, depth: { value: depth } },
    vertexShader: 'void main() { gl_Position = vec4(position.xy, 0., 1.); }',
    fragmentShader: `precision highp float; uniform sampler2D plate; uniform highp sampler2D depth; layout(location = 0) out vec4 colour;
      void main() { ivec2 at = ivec2(gl_FragCoord.xy); colour = vec4(texelFetch(plate, at, 0).rgb, 1.); gl_FragDepth = texelFetch(depth, at, 0).r; }`,
  });
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(2, 2), material);
  mesh.frustumCulled = false;
  mesh.renderOrder = -10;
  return mesh;
}

/** Where a moving shadow falls on sunlit ground, the frame shows the plate without sun. */
function shadowCatcher(ground: THREE.Mesh, shaded: THREE.Texture): THREE.Mesh {
  const material = new THREE.ShadowMaterial({
    transparent: true,
    depthWrite: false,
    polygonOffset: true,
    polygonOffsetFactor: -2,
    polygonOffsetUnits: -4,
    fog: false,
  });
  material.onBeforeCompile = (shader) => {
    shader.uniforms.shaded = { value: shaded };
    shader.fragmentShader = shader.fragmentShader
      .replace('void main() {', 'uniform sampler2D shaded;\nvoid main() {')
      .replace(
        /#include <tonemapping_fragment>[\s\S]*$/,
        'float shadow = 1.0 - getShadowMask(); if (shadow < .004) discard; gl_FragColor = vec4(texelFetch(shaded, ivec2(gl_FragCoord.xy), 0).rgb, shadow); }',
      );
  };
  material.customProgramCacheKey = () => 'shadow-catcher';
  const mesh = new THREE.Mesh(ground.geometry, material);
  mesh.receiveShadow = true;
  mesh.matrixAutoUpdate = false;
  ground.updateMatrixWorld();
  mesh.matrix.copy(ground.matrixWorld);
  return mesh;
}
