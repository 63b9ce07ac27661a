// The boxes that a decoder finds before duplicates are taken out: a growing set of parallel arrays, used again
// for every frame so that a frame allocates next to nothing.

const FIRST_CAPACITY = 256;

export class Candidates {
  /** How many there are; the arrays may be longer. */
  count = 0;
  /** `[count, 4]` x1, y1, x2, y2 in input pixels; may reach beyond the picture. */
  boxes = new Float32Array(FIRST_CAPACITY * 4);
  /** `[count]` 0..1. */
  scores = new Float32Array(FIRST_CAPACITY);
  /** `[count]` index into the model's labels. */
  labels = new Int32Array(FIRST_CAPACITY);

  clear(): void {
    this.count = 0;
  }

  add(x1: number, y1: number, x2: number, y2: number, score: number, label: number): void {
    if (this.count === this.scores.length) this.#grow();
    const at = this.count++;
    this.boxes[at * 4] = x1;
    this.boxes[at * 4 + 1] = y1;
    this.boxes[at * 4 + 2] = x2;
    this.boxes[at * 4 + 3] = y2;
    this.scores[at] = score;
    this.labels[at] = label;
  }

  #grow(): void {
    const capacity = this.scores.length * 2;
    const boxes = new Float32Array(capacity * 4);
    const scores = new Float32Array(capacity);
    const labels = new Int32Array(capacity);
    boxes.set(this.boxes);
    scores.set(this.scores);
    labels.set(this.labels);
    this.boxes = boxes;
    this.scores = scores;
    this.labels = labels;
  }
}
