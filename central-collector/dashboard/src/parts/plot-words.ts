// Words of plots.

import { words } from '../words/words.ts';

export const t = words({
  en: {
    help: 'Arrow keys read values, plus and minus zoom, Shift and arrows move, 0 shows everything.',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    earlier: 'Earlier',
    later: 'Later',
    all: 'Show everything',
    coverage: 'Observed',
    notObserved: 'not observed',
    observedPart: 'partly observed',
    future: 'not over yet',
    nothing: 'no value',
    strip: 'Strip below: how much of the time was observed',
    hatched: 'not observed',
  },
  vi: {
    help: 'Phím mũi tên đọc giá trị, cộng trừ phóng to thu nhỏ, Shift và mũi tên để di chuyển, 0 để xem toàn bộ.',
    zoomIn: 'Phóng to',
    zoomOut: 'Thu nhỏ',
    earlier: 'Sớm hơn',
    later: 'Muộn hơn',
    all: 'Xem toàn bộ',
    coverage: 'Độ phủ quan sát',
    notObserved: 'không quan sát được',
    observedPart: 'quan sát một phần',
    future: 'chưa kết thúc',
    nothing: 'không có giá trị',
    strip: 'Dải bên dưới: tỷ lệ thời gian được quan sát',
    hatched: 'không quan sát được',
  },
});
