// What the centre is in trouble with. It tells so in English, "The broker: connection refused."; the page knows the parts
// and says what it means for who watches, with the details after it: in the page's language where they are known.

import { words } from './words.ts';

const PARTS = {
  'The broker': 'broker',
  'The database': 'database',
  Storing: 'database',
  'The quarantine': 'quarantine',
  'The roll-ups': 'rollups',
  'The clock': 'clock',
  'The history': 'history',
  'The https certificate': 'certificate',
  'The stream hears nothing': 'stream',
  'The log of the stream cannot be written': 'streamLog',
} as const;

type Part = (typeof PARTS)[keyof typeof PARTS];

const partWord = words<Part>({
  en: {
    broker: 'No connection to the message broker: nothing new arrives.',
    database: 'Trouble with the database: new data waits on the boxes, nothing is lost.',
    quarantine: 'The folder for messages set aside cannot be written.',
    rollups: 'Summaries are late: long periods of the history lack the newest hours.',
    clock: 'The clock of the centre is not right.',
    history: 'The history is incomplete at the moment.',
    certificate: 'Browsers will refuse these pages, or do so already: the certificate has to be renewed.',
    stream: 'The live screens hear nothing new.',
    streamLog: 'The log of the live stream cannot be written.',
  },
  vi: {
    broker: 'Mất kết nối với máy chủ tin nhắn: không có số liệu mới.',
    database: 'Cơ sở dữ liệu gặp sự cố: số liệu mới đang chờ ở hộp biên, không mất dữ liệu.',
    quarantine: 'Không ghi được thư mục tin nhắn bị tách riêng.',
    rollups: 'Số liệu tổng hợp bị chậm: lịch sử dài ngày thiếu các giờ gần nhất.',
    clock: 'Đồng hồ của trung tâm không đúng.',
    history: 'Lịch sử hiện chưa đầy đủ.',
    certificate: 'Chứng chỉ HTTPS sắp hết hạn hoặc đã hết hạn, trình duyệt sẽ chặn trang này: cần gia hạn.',
    stream: 'Màn hình trực tuyến không nhận được tin mới.',
    streamLog: 'Không ghi được nhật ký của luồng trực tuyến.',
  },
});

type Detail = 'lag' | 'clock' | 'refused';

const detailWord = words<Detail>({
  en: {
    lag: 'the newest counts in them are {n} minutes old',
    clock: 'it differs from that of the database by {n} s; set both by NTP',
    refused: 'nobody takes connections there',
  },
  vi: {
    lag: 'số liệu mới nhất trong đó đã {n} phút',
    clock: 'lệch {n} giây so với cơ sở dữ liệu; hãy đồng bộ cả hai bằng NTP',
    refused: 'không có máy nào nhận kết nối ở đó',
  },
});

/** What the centre often says of a part, with its number. */
const DETAILS: readonly (readonly [RegExp, Detail])[] = [
  [/^the newest counts in them are (\d+) minutes old\.?$/, 'lag'],
  [/^InfluxDB's clock is (\d+) s /, 'clock'],
  [/\bECONNREFUSED\b/, 'refused'],
];

/**
 * `said`: null for a problem that this page does not know; `told` is the rest, in the centre's own words unless
 * `isTranslated`.
 */
export function centreProblem(problem: string): {
  readonly said: string | null;
  readonly told: string;
  readonly isTranslated: boolean;
} {
  const colon = problem.indexOf(': ');
  const part = colon === -1 ? '' : problem.slice(0, colon);
  if (!isPart(part)) return { said: null, told: problem, isTranslated: false };
  const told = problem.slice(colon + 2);
  const said = partWord(PARTS[part]);
  for (const [pattern, detail] of DETAILS) {
    const found = pattern.exec(told);
    if (found !== null) return { said, told: detailWord(detail, { n: found[1] ?? '' }), isTranslated: true };
  }
  return { said, told, isTranslated: false };
}

function isPart(text: string): text is keyof typeof PARTS {
  return Object.hasOwn(PARTS, text);
}
