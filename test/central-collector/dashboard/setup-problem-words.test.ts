// What the check of a camera's file really says, in Vietnamese: a sentence that is worded anew there must be so here.

import { afterEach, expect, it } from 'vitest';
import {
  inVietnamese,
  problemText,
} from '../../../central-collector/dashboard/src/pages/setup/problem-words.ts';
import { language } from '../../../central-collector/dashboard/src/words/words.ts';
import { checkCameraText } from '../../../config/load.ts';

const BEFORE = language.value;
afterEach(() => {
  language.value = BEFORE;
});

const HEAD = 'camera: c\npicture: {width: 640, height: 480}\nsource: {url: rtsp://h/s}\n';
const LINE = 'lines:\n  - {line: l, from: [0, 0], to: [9, 9]';

/** As the centre sends it. */
function told(yaml: string): string[] {
  return checkCameraText(yaml).map(({ message, hint }) =>
    hint === undefined ? message : `${message}. ${hint}`,
  );
}

it.each([
  [`camera: c\nsource: {url: rtsp://h/s}\n`, /^thiếu; cần một nhóm khóa và giá trị/],
  [`${HEAD}linse: []\n`, 'khóa "linse" không có ở đây. Ý bạn là "lines"?'],
  [`${HEAD}zzzzzzzz: 1\n`, /^khóa "zzzzzzzz" không có ở đây\. Ở đây có các khóa: camera, /],
  [`${HEAD}lines: 3\n`, /^cần một danh sách, nhưng ở đây là 3/],
  [`${HEAD}lines: {}\n`, /^cần một danh sách, nhưng ở đây là một nhóm khóa/],
  [`${HEAD}name: 12\n`, 'cần chữ, nhưng ở đây là 12. Đặt trong ngoặc kép để thành chữ: "12"'],
  [
    `${HEAD}intervalS: 7\n`,
    /^cần số giây nguyên là ước của một giờ, ví dụ 10, 60, 300 hoặc 900, nhưng ở đây là 7/,
  ],
  [
    HEAD.replace('camera: c', 'camera: Ngã tư'),
    'cần tên gồm 1 đến 63 chữ a-z, số và "-", không bắt đầu hay kết thúc bằng "-", nhưng ở đây là "Ngã tư". Ví dụ nga-tu',
  ],
  [HEAD.replace('width: 640', 'width: wide'), /^cần một số, nhưng ở đây là "wide"/],
  [HEAD.replace('width: 640', 'width: 0'), /^cần ít nhất \d+, nhưng ở đây là 0/],
  [HEAD.replace('width: 640', 'width:'), /^cần một số, nhưng ở đây là để trống/],
  [HEAD.replace('rtsp://h/s', 'ftp://h/s'), /^cần rtsp:\/\/…, .*đường dẫn tới video hoặc thư mục ảnh/],
  [`${HEAD}${LINE.replace('[9, 9]', '[900, 9]')}}\n`, 'điểm 900, 9 nằm ngoài hình 640 × 480'],
  [`${HEAD}${LINE.replace('[9, 9]', '9')}}\n`, /^cần \[x, y\], hai số, nhưng ở đây là 9/],
  [
    `${HEAD}${LINE}}\n  - {line: l, from: [0, 0], to: [9, 9]}\n`,
    'tên "l" đã dùng ở lines[0]; mỗi vạch cần một tên riêng',
  ],
  [
    `${HEAD}${LINE}}\nzones:\n  - {zone: z, polygon: [[0, 0], [9, 0], [9, 9]], queue: {from: k}}\n`,
    /^camera không có vạch "k"; /,
  ],
  [
    `${HEAD}zones:\n  - {zone: z, polygon: [[0, 0], [9, 0], [5, 0]]}\n`,
    'các góc nằm trên một đường thẳng; hãy vẽ các góc quanh một vùng',
  ],
  [
    `${HEAD}zones:\n  - {zone: z, polygon: [[0, 0], [9, 9], [9, 0], [0, 8]]}\n`,
    'đường bao tự cắt nhau; hãy cho các góc theo đúng thứ tự quanh vùng',
  ],
])('%j is told in Vietnamese', (yaml, expected) => {
  const messages = told(yaml);
  expect(messages.length).toBeGreaterThan(0);
  const said = messages.map(inVietnamese);
  if (typeof expected === 'string') expect(said).toContain(expected);
  else expect(said.join('\n')).toMatch(new RegExp(expected.source, 'm'));
});

it('what is not known here stays as it was said, and so does everything on an English page', () => {
  expect(inVietnamese('the box is on fire. Run.')).toBe('the box is on fire. Run.');
  expect(inVietnamese('')).toBe('');
  language.value = 'en';
  expect(problemText('unknown key "x"')).toBe('unknown key "x"');
  language.value = 'vi';
  expect(problemText('unknown key "x"')).toBe('khóa "x" không có ở đây');
});
