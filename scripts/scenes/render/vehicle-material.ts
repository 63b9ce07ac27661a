// One material for a whole vehicle: finishes, lamps and turning wheels come from vertex attributes, so that
// a vehicle is a single draw call.

import * as THREE from 'three';
import { FINISHES, type Finish, type Mesh } from '../scene/mesh.ts';

/** Roughness, metalness, and the kind that the shader switches on. */
const FINISH: Readonly<Record<Finish, readonly [number, number, number]>> = {
  paint: [0.26, 0.05, 1],
  paint2: [0.55, 0.05, 2],
  glass: [0.07, 1, 0],
  trim: [0.75, 0, 0],
  cloth: [0.9, 0, 0],
  gloss: [0.3, 0.2, 0],
  chrome: [0.28, 0.85, 0],
  plate: [0.5, 0, 0],
  head: [0.08, 0.3, 3],
  tail: [0.18, 0, 4],
  sign: [0.4, 0, 5],
};
const FIXED: Partial<Record<Finish, readonly [number, number, number]>> = {
  glass: [0.0725, 0.0931, 0.114],
  head: [0.74, 0.78, 0.82],
  tail: [0.147, 0.004, 0.004],
  sign: [0.002, 0.002, 0.002],
};

export type VehicleUniforms = {
  readonly paint: { value: THREE.Color };
  readonly paint2: { value: THREE.Color };
  /** Roughness and metalness of the paint. */
  readonly gloss: { value: THREE.Vector2 };
  /** Metres driven: turns the wheels. */
  readonly driven: { value: number };
  /** Light given off by head lamps, tail lamps and signs. */
  readonly glow: { value: THREE.Vector3 };
};

/** Baked map of where the sun reaches the ground: x, z of its corner, then its size, metres. */
export type SunMap = {
  readonly texture: { value: THREE.Texture };
  readonly area: { value: THREE.Vector4 };
  readonly direction: { value: THREE.Vector3 };
};

export function vehicleGeometry(mesh: Mesh): THREE.BufferGeometry {
  const count = mesh.finishes.length;
  const colours = new Float32Array(mesh.colours);
  const finish = new Float32Array(count * 3);
  for (let i = 0; i < count; i++) {
    const name = FINISHES[mesh.finishes[i] ?? 0] ?? 'trim';
    finish.set(FINISH[name], i * 3);
    const fixed = FIXED[name];
    if (fixed) colours.set(fixed, i * 3);
  }
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute('position', new THREE.BufferAttribute(mesh.positions, 3));
  geometry.setAttribute('normal', new THREE.BufferAttribute(mesh.normals, 3));
  geometry.setAttribute('color', new THREE.BufferAttribute(colours, 3));
  geometry.setAttribute('aFinish', new THREE.BufferAttribute(finish, 3));
  geometry.setAttribute('aWheel', new THREE.BufferAttribute(mesh.wheels, 3));
  geometry.computeBoundingSphere();
  return geometry;
}

export function vehicleMaterial(uniforms: VehicleUniforms, sun: SunMap): THREE.MeshStandardMaterial {
  const material = new THREE.MeshStandardMaterial({ vertexColors: true, envMapIntensity: 1.2 });
  material.onBeforeCompile = (shader) => {
    Object.assign(shader.uniforms, {
      uPaint: uniforms.paint,
      uPaint2: uniforms.paint2,
      uGloss: uniforms.gloss,
      uDriven: uniforms.driven,
      uGlow: uniforms.glow,
      uSunMap: sun.texture,
      uSunArea: sun.area,
      uSun: sun.direction,
    });
    shader.vertexShader = shader.vertexShader
      .replace('void main() {', `${VERTEX_HEAD}\nvoid main() {\nvFinish = aFinish;`)
      .replace('#include <beginnormal_vertex>', `#include <beginnormal_vertex>\n${TURN_NORMAL}`)
      .replace('#include <begin_vertex>', `#include <begin_vertex>\n${TURN_POSITION}`);
    shader.fragmentShader = shader.fragmentShader
      .replace(
        'void main() {',
        'uniform vec3 uPaint, uPaint2, uGlow;\nuniform vec2 uGloss;\nvarying vec3 vFinish;\nvarying float vSunlit;\nvoid main() {\nint kind = int(vFinish.z + .5);',
      )
      .replace(
        '#include <color_fragment>',
        '#include <color_fragment>\nif (kind == 1) diffuseColor.rgb *= uPaint; else if (kind == 2) diffuseColor.rgb *= uPaint2;',
      )
      .replace(
        '#include <roughnessmap_fragment>',
        'float roughnessFactor = kind == 1 ? uGloss.x : vFinish.x;',
      )
      .replace(
        '#include <metalnessmap_fragment>',
        'float metalnessFactor = kind == 1 ? uGloss.y : vFinish.y;',
      )
      .replace('#include <emissivemap_fragment>', GLOW)
      // The sun is the first directional light: dim it where buildings and trees stand in its way.
      .replace(
        '#include <lights_fragment_begin>',
        THREE.ShaderChunk.lights_fragment_begin.replace(
          'getDirectionalLightInfo( directionalLight, directLight );',
          'getDirectionalLightInfo( directionalLight, directLight );\ndirectLight.color *= vSunlit;',
        ),
      );
  };
  material.customProgramCacheKey = () => 'vehicle';
  return material;
}

const VERTEX_HEAD = `
attribute vec3 aFinish;
attribute vec3 aWheel;
uniform float uDriven;
uniform sampler2D uSunMap;
uniform vec4 uSunArea;
uniform vec3 uSun;
varying vec3 vFinish;
varying float vSunlit;`;

const TURN_NORMAL = `
float turnCos = 1., turnSin = 0.;
if (aWheel.z > 0.) {
  float turn = -uDriven / aWheel.z;
  turnCos = cos(turn); turnSin = sin(turn);
  objectNormal.xy = mat2(turnCos, turnSin, -turnSin, turnCos) * objectNormal.xy;
}`;

const TURN_POSITION = `
if (aWheel.z > 0.) transformed.xy = aWheel.xy + mat2(turnCos, turnSin, -turnSin, turnCos) * (transformed.xy - aWheel.xy);
{
  vec3 place = (modelMatrix * vec4(transformed, 1.)).xyz;
  vec2 foot = place.xz - uSun.xz * (place.y / max(.08, uSun.y));
  vec2 at = vec2((foot.x - uSunArea.x) / uSunArea.z, 1. - (foot.y - uSunArea.y) / uSunArea.w);
  vSunlit = (at.x < 0. || at.x > 1. || at.y < 0. || at.y > 1.) ? 1. : textureLod(uSunMap, at, 0.).r;
}`;

const GLOW = `
if (kind == 3) totalEmissiveRadiance += vec3(1., .88, .69) * uGlow.x;
else if (kind == 4) totalEmissiveRadiance += vec3(1., .01, .003) * uGlow.y;
else if (kind == 5) totalEmissiveRadiance += vec3(1., .32, .016) * uGlow.z;`;
