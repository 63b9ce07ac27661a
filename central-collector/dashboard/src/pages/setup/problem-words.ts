// What is wrong in a camera's file, in the language of the page. The check says it in English, in sentences of few forms (the
// box too, also an older one); those that people meet are known here, and whatever is not stays as it was said.

import { language } from '../../words/words.ts';

type Form = readonly [form: RegExp, vi: (...parts: string[]) => string];

/** `message`: as the check or the box said it. */
export function problemText(message: string): string {
  return language.value === 'vi' ? inVietnamese(message) : message;
}

export function inVietnamese(message: string): string {
  const [, missing, expected, came, hint] =
    /^(missing; )?expected (.+?)(?:, got ("(?:[^"\\]|\\.)*"|.+?))?(?:\. ([A-Z].*))?$/s.exec(message) ?? [];
  if (expected !== undefined) {
    const wanted = `cần ${said(EXPECTED, expected)}`;
    const what = missing === undefined ? wanted : `thiếu; ${wanted}`;
    return withHint(came === undefined ? what : `${what}, nhưng ở đây là ${said(CAME, came)}`, hint);
  }
  const [, problem = message, more] = /^(.+?)(?:\. ([A-Z].*))?$/s.exec(message) ?? [];
  return withHint(said(PROBLEMS, problem), more);
}

function withHint(text: string, hint: string | undefined): string {
  return hint === undefined ? text : `${text}. ${said(HINTS, hint)}`;
}

function said(forms: readonly Form[], text: string): string {
  for (const [form, vi] of forms) {
    const [found, ...parts] = form.exec(text) ?? [];
    if (found !== undefined) return vi(...parts);
  }
  return text;
}

const UNITS: Readonly<Record<string, string>> = {
  character: 'ký tự',
  characters: 'ký tự',
  entry: 'mục',
  entries: 'mục',
};

const amount = (n: string, unit?: string) => (unit === undefined ? n : `${n} ${UNITS[unit] ?? unit}`);

const EXPECTED: readonly Form[] = [
  [/^text$/, () => 'chữ'],
  [/^a number$/, () => 'một số'],
  [/^a whole number$/, () => 'một số nguyên'],
  [/^true or false$/, () => 'true hoặc false'],
  [/^a list$/, () => 'một danh sách'],
  [/^a map of keys and values$/, () => 'một nhóm khóa và giá trị'],
  [/^one of (.+)$/, (values = '') => `một trong: ${values}`],
  [/^at least (\S+)(?: (\w+))?$/, (n = '', unit) => `ít nhất ${amount(n, unit)}`],
  [/^at most (\S+)(?: (\w+))?$/, (n = '', unit) => `nhiều nhất ${amount(n, unit)}`],
  [/^\[x, y\], two numbers$/, () => '[x, y], hai số'],
  [/^a slug: .*$/, () => 'tên gồm 1 đến 63 chữ a-z, số và "-", không bắt đầu hay kết thúc bằng "-"'],
  [/^the name of a line of this camera, or \[x, y\]$/, () => 'tên một vạch của camera này, hoặc [x, y]'],
  [/^an address that starts with (.+)$/, (schemes = '') => `địa chỉ bắt đầu bằng ${orWord(schemes)}`],
  [
    /^(.+), a path of a clip or of a folder of pictures, or \/dev\/videoN$/,
    (schemes = '') => `${schemes}, đường dẫn tới video hoặc thư mục ảnh, hoặc /dev/videoN`,
  ],
  [/^\{env: NAME\} or \{file: PATH\}$/, () => '{env: TÊN} hoặc {file: ĐƯỜNG_DẪN}'],
  [
    /^(?:seconds|milliseconds|minutes|hours|days), (\S+) to (\S+), as a number or with a unit (\(.*\)) such as (.+)$/,
    (min = '', max = '', units = '', example = '') =>
      `thời lượng từ ${min} đến ${max}, là số hoặc kèm đơn vị ${units}, ví dụ ${example}`,
  ],
  [
    /^a number of whole seconds that divides an hour, such as (.+)$/,
    (examples = '') => `số giây nguyên là ước của một giờ, ví dụ ${orWord(examples)}`,
  ],
  [/^a time of day such as (.+)$/, (example = '') => `giờ trong ngày, ví dụ ${example}`],
  [/^a time zone such as (.+)$/, (examples = '') => `múi giờ, ví dụ ${orWord(examples)}`],
  [
    /^five numbers above 0, each more than the one before$/,
    () => 'năm số lớn hơn 0, số sau lớn hơn số trước',
  ],
];

const CAME: readonly Form[] = [
  [/^nothing$/, () => 'để trống'],
  [/^an empty list$/, () => 'danh sách rỗng'],
  [/^a list of (\d+)$/, (n = '') => `danh sách ${n} mục`],
  [/^a map$/, () => 'một nhóm khóa'],
  [/^an empty text$/, () => 'chữ rỗng'],
  [/^something else$/, () => 'giá trị khác'],
];

const THINGS: Readonly<Record<string, string>> = {
  line: 'vạch',
  zone: 'vùng',
  carriageway: 'phần đường',
  lane: 'làn',
};

const PROBLEMS: readonly Form[] = [
  [/^unknown key "(.*)"$/s, (key = '') => `khóa "${key}" không có ở đây`],
  [
    /^the point (.+?) lies outside the picture of (\d+) x (\d+)$/,
    (point = '', width = '', height = '') => `điểm ${point} nằm ngoài hình ${width} × ${height}`,
  ],
  [
    /^the region reaches to (.+?), outside the picture of (\d+) x (\d+)$/,
    (to = '', width = '', height = '') => `vùng ảnh kéo đến ${to}, ra ngoài hình ${width} × ${height}`,
  ],
  [
    /^the name "(.*)" is taken by (\S+?); every (\w+) of a (?:camera|line) has its own$/s,
    (name = '', where = '', thing = '') =>
      `tên "${name}" đã dùng ở ${where}; mỗi ${THINGS[thing] ?? thing} cần một tên riêng`,
  ],
  [
    /^the line has no direction "(.*)"; it has (.+)$/s,
    (name = '', names = '') => `vạch không có hướng "${name}"; các hướng là ${andWord(names)}`,
  ],
  [
    /^the camera has no line "(.*?)"; did you mean "(.*)"\?$/s,
    (name = '', near = '') => `camera không có vạch "${name}"; ý bạn là "${near}"?`,
  ],
  [
    /^the camera has no line "(.*?)"; .*$/s,
    (name = '') => `camera không có vạch "${name}"; hãy ghi tên một vạch trong \`lines\`, hoặc [x, y]`,
  ],
  [
    /^the corners are all on one line; .*$/,
    () => 'các góc nằm trên một đường thẳng; hãy vẽ các góc quanh một vùng',
  ],
  [
    /^the edge crosses itself: .*$/,
    () => 'đường bao tự cắt nhau; hãy cho các góc theo đúng thứ tự quanh vùng',
  ],
  [
    /^the point (.+?) lies (\d+) pixels beside the line$/,
    (point = '', px = '') => `điểm ${point} lệch khỏi vạch ${px} điểm ảnh`,
  ],
  [
    /^(\S+) is measured on the ground, and the camera has no calibration; .*$/,
    (rule = '') => `${rule} được đo trên mặt đường mà camera chưa hiệu chuẩn; hãy thêm calibration:`,
  ],
  [
    /^a calibration is given by exactly one of (.+?); .*$/,
    (ways = '') => `hiệu chuẩn được cho bằng đúng một cách trong: ${ways}`,
  ],
  [
    /^only somebody at the box can set this to (\S+), .*$/,
    (value = '') =>
      `chỉ người ở tại hộp biên mới đặt được ${value}, ngay trong tệp ở đó: như vậy sẽ có thêm hình ảnh rời khỏi hộp`,
  ],
  [
    /^only somebody at the box can name a file, folder or device of it as a camera$/,
    () => 'chỉ người ở tại hộp biên mới đặt được tệp, thư mục hay thiết bị của hộp làm camera',
  ],
  [
    /^the camera is called (\S+); .*$/,
    (name = '') => `camera tên là ${name}; đổi tên thì số đếm sẽ thành của một camera khác`,
  ],
  [
    /^with another address the password has to be written anew$/,
    () => 'đã đổi địa chỉ thì phải ghi lại mật khẩu',
  ],
];

const HINTS: readonly Form[] = [
  [/^Did you mean (.+)\?$/s, (near = '') => `Ý bạn là ${near}?`],
  [/^Known here: (.+)\.$/s, (keys = '') => `Ở đây có các khóa: ${keys}.`],
  [/^Put it in quotes to make it text: (.+)$/s, (text = '') => `Đặt trong ngoặc kép để thành chữ: ${text}`],
  [/^For example (.+)$/s, (example = '') => `Ví dụ ${example}`],
];

function orWord(text: string): string {
  return text.replaceAll(' or ', ' hoặc ');
}

function andWord(text: string): string {
  return text.replaceAll(' and ', ' và ');
}
