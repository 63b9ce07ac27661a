// Picks the decoder that a card names.

import { labelsOf, type ModelCard } from '../../../models/card.ts';
import { boxesScoresDecoder } from './boxes-scores.ts';
import type { Decoder, DecoderContext } from './decoder.ts';
import { detrDecoder } from './detr.ts';
import { endToEndDecoder } from './end-to-end.ts';
import { gflDecoder } from './gfl.ts';
import { mmdeployDecoder } from './mmdeploy.ts';
import { paddleNmsDecoder } from './paddle-nms.ts';
import { yolov5Decoder } from './yolov5.ts';
import { yolov8Decoder } from './yolov8.ts';
import { yoloxDecoder } from './yolox.ts';

/** The decoder for a card's output. */
export function decoderOf(card: Pick<ModelCard, 'input' | 'output' | 'labels'>): Decoder {
  const { output } = card;
  const context: DecoderContext = {
    width: card.input.width,
    height: card.input.height,
    labelCount: labelsOf(card).length,
  };
  switch (output.kind) {
    case 'yolox':
      return yoloxDecoder(output, context);
    case 'yolov5':
      return yolov5Decoder(output, context);
    case 'yolov8':
      return yolov8Decoder(output, context);
    case 'end-to-end':
      return endToEndDecoder(output);
    case 'gfl':
      return gflDecoder(output, context);
    case 'detr':
      return detrDecoder(output);
    case 'mmdeploy':
      return mmdeployDecoder(output);
    case 'boxes-scores':
      return boxesScoresDecoder(output, context);
    case 'paddle-nms':
      return paddleNmsDecoder(output);
  }
}
