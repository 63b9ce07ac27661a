// The piece of a slit scan that is being made: a block of pixels for each frame, in memory.

/** Pixels of a piece at most, three bytes each: what a line may take of the memory. */
const MOST_PIXELS = 1 << 20;

export type StripOptions = {
  /** Pixels across the line and along it. */
  readonly columns: number;
  readonly height: number;
  readonly colourOrder: 'rgb' | 'bgr';
  /** Frames that are expected; it is full after them, or earlier where they would be more than 2^20 pixels. */
  readonly frames: number;
};

export class Strip {
  readonly #columns: number;
  readonly #height: number;
  readonly #red: number;
  readonly #capacity: number;
  /** `[frames * columns, height, 3]` RGB: turned, so that a frame's block is written in one go. */
  readonly #pixels: Uint8Array;
  readonly #times: number[] = [];

  constructor({ columns, height, colourOrder, frames }: StripOptions) {
    this.#columns = columns;
    this.#height = height;
    this.#red = colourOrder === 'rgb' ? 0 : 2;
    const pixels = columns * height;
    this.#capacity = Math.max(1, Math.min(Math.ceil(frames), Math.floor(MOST_PIXELS / pixels)));
    this.#pixels = new Uint8Array(this.#capacity * pixels * 3);
  }

  /** Moment of each frame, UTC, ms, ascending. */
  get times(): readonly number[] {
    return this.#times;
  }

  get isFull(): boolean {
    return this.#times.length >= this.#capacity;
  }

  /** Bytes of memory that it holds. */
  get bytes(): number {
    return this.#pixels.length;
  }

  /**
   * Takes the line's pixels of a frame.
   *
   * @param planes `[3, height, width]` of the frame
   * @param offsets of the line's band, `[columns, height]`
   * @param atMs whole, above that of the frame before
   * @throws RangeError when it is full, or the band has another size
   */
  add(planes: Uint8Array, offsets: Int32Array, atMs: number): void {
    if (this.isFull || offsets.length !== this.#columns * this.#height) {
      const room = `${this.#capacity} frames of ${this.#columns} x ${this.#height}`;
      throw new RangeError(`the strip has room for ${room}: begin another`);
    }
    const plane = planes.length / 3;
    const red = this.#red * plane;
    const blue = (2 - this.#red) * plane;
    const pixels = this.#pixels;
    let at = this.#times.length * offsets.length * 3;
    for (const offset of offsets) {
      pixels[at] = planes[red + offset] as number;
      pixels[at + 1] = planes[plane + offset] as number;
      pixels[at + 2] = planes[blue + offset] as number;
      at += 3;
    }
    this.#times.push(atMs);
  }

  /** What is there by now; frames that come later change nothing of it. */
  view(): StripView {
    const [columns, height] = [this.#columns, this.#height];
    const times = [...this.#times];
    const end = times.length * columns * height * 3;
    return { columns, height, times, pixels: this.#pixels.subarray(0, end) };
  }
}

export type StripView = {
  readonly columns: number;
  readonly height: number;
  readonly times: readonly number[];
  /** `[times * columns, height, 3]` RGB. */
  readonly pixels: Uint8Array;
};
