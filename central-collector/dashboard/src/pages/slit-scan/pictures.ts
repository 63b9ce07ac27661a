// The pictures that strips are drawn from, loaded once each.

import { useEffect, useState } from 'preact/hooks';

export type Pictures = {
  /** By address, as far as they are there. */
  readonly there: ReadonlyMap<string, HTMLImageElement>;
  /** Addresses that failed. */
  readonly failed: ReadonlySet<string>;
};

const NOTHING: Pictures = { there: new Map(), failed: new Set() };

/** Pictures of addresses that are not wanted any more are let go. */
export function usePictures(addresses: readonly string[]): Pictures {
  const [pictures, setPictures] = useState(NOTHING);
  const wanted = [...new Set(addresses)].join(' ');
  useEffect(() => {
    let isOver = false;
    const list = wanted === '' ? [] : wanted.split(' ');
    setPictures(({ there }) => ({
      there: new Map([...there].filter(([address]) => list.includes(address))),
      failed: new Set(),
    }));
    for (const address of list) {
      const image = new Image();
      image.decoding = 'async';
      image.onload = () => {
        if (!isOver)
          setPictures(({ there, failed }) => ({ failed, there: new Map(there).set(address, image) }));
      };
      image.onerror = () => {
        if (!isOver) setPictures(({ there, failed }) => ({ there, failed: new Set(failed).add(address) }));
      };
      image.src = address;
    }
    return () => {
      isOver = true;
    };
  }, [wanted]);
  return pictures;
}
