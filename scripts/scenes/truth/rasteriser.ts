// A small z-buffer that answers what a picture cannot: how much of each road user is hidden, and by whom.

/** What an object covers inside the picture, hidden or not. Bounds x1, y1, x2, y2 in raster pixels, x2 and y2 exclusive. */
export type Coverage = { readonly px: number; readonly bounds: readonly [number, number, number, number] };

export class Rasteriser {
  readonly width: number;
  readonly height: number;
  readonly #nearness: Float32Array;
  readonly #owner: Int32Array;
  readonly #stamp: Int32Array;
  readonly #background: Float32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#nearness = new Float32Array(width * height);
    this.#owner = new Int32Array(width * height);
    this.#stamp = new Int32Array(width * height);
    this.#background = new Float32Array(width * height);
  }

  /** Starts a frame: the fixed scenery only. */
  clear(): void {
    this.#nearness.set(this.#background);
    this.#owner.fill(0);
    this.#stamp.fill(0);
  }

  /** Keeps what has been drawn as the fixed scenery of later frames. */
  keepAsBackground(): void {
    this.#background.set(this.#nearness);
  }

  /**
   * Draws triangles; returns what they cover inside the picture, hidden parts included.
   * @param vertices `[corners, 3]`: x and y in raster pixels, 1 / depth (<= 0 behind the camera)
   * @param triangles `[triangles, 3]` indices of corners
   * @param owner id > 0, unique in the frame; 0 for scenery
   */
  draw(vertices: Float32Array, triangles: Uint32Array, owner: number): Coverage {
    const { width, height } = this;
    const nearness = this.#nearness;
    const stamp = this.#stamp;
    let covered = 0;
    let [left, top, right, bottom] = [width, height, 0, 0];
    for (let t = 0; t + 2 < triangles.length; t += 3) {
      const a = (triangles[t] as number) * 3;
      const b = (triangles[t + 1] as number) * 3;
      const c = (triangles[t + 2] as number) * 3;
      const wa = vertices[a + 2] as number;
      const wb = vertices[b + 2] as number;
      const wc = vertices[c + 2] as number;
      if (wa <= 0 || wb <= 0 || wc <= 0) continue;
      const x0 = vertices[a] as number;
      const y0 = vertices[a + 1] as number;
      const x1 = vertices[b] as number;
      const y1 = vertices[b + 1] as number;
      const x2 = vertices[c] as number;
      const y2 = vertices[c + 1] as number;
      const area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
      if (area === 0) continue;
      const inverse = 1 / area;
      const minX = Math.max(0, Math.ceil(Math.min(x0, x1, x2) - 0.5));
      const maxX = Math.min(width - 1, Math.floor(Math.max(x0, x1, x2) - 0.5));
      const minY = Math.max(0, Math.ceil(Math.min(y0, y1, y2) - 0.5));
      const maxY = Math.min(height - 1, Math.floor(Math.max(y0, y1, y2) - 0.5));
      for (let y = minY; y <= maxY; y++) {
        const py = y + 0.5;
        for (let x = minX; x <= maxX; x++) {
          const px = x + 0.5;
          const u = ((x1 - px) * (y2 - py) - (x2 - px) * (y1 - py)) * inverse;
          const v = ((x2 - px) * (y0 - py) - (x0 - px) * (y2 - py)) * inverse;
          const w = 1 - u - v;
          if (u < 0 || v < 0 || w < 0) continue;
          const index = y * width + x;
          if (owner > 0 && stamp[index] !== owner) {
            stamp[index] = owner;
            covered++;
            if (x < left) left = x;
            if (x >= right) right = x + 1;
            if (y < top) top = y;
            if (y >= bottom) bottom = y + 1;
          }
          const near = u * wa + v * wb + w * wc;
          if (near > (nearness[index] as number)) {
            nearness[index] = near;
            this.#owner[index] = owner;
          }
        }
      }
    }
    return { px: covered, bounds: [left, top, right, bottom] };
  }

  /** What is to be seen of every object drawn since `clear`. */
  visible(): Map<number, Coverage> {
    const found = new Map<number, { px: number; bounds: [number, number, number, number] }>();
    let last = 0;
    let entry: { px: number; bounds: [number, number, number, number] } | undefined;
    for (let y = 0, index = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++, index++) {
        const owner = this.#owner[index] as number;
        if (owner === 0) continue;
        if (owner !== last || !entry) {
          last = owner;
          entry = found.get(owner);
          if (!entry) {
            entry = { px: 0, bounds: [x, y, x + 1, y + 1] };
            found.set(owner, entry);
          }
        }
        const { bounds } = entry;
        entry.px++;
        if (x < bounds[0]) bounds[0] = x;
        if (x >= bounds[2]) bounds[2] = x + 1;
        if (y < bounds[1]) bounds[1] = y;
        if (y >= bounds[3]) bounds[3] = y + 1;
      }
    }
    return found;
  }
}
