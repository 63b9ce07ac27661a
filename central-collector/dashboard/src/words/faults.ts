// Why a camera gives no usable picture, and what to do about it. The box tells it with a word for machines and a sentence
// in English; the page knows the words.

import { words } from './words.ts';

const FAULTS = {
  unreachable: 0,
  refused: 0,
  unauthorised: 0,
  'not-found': 0,
  silent: 0,
  frozen: 0,
  undecodable: 0,
  'resolution-changed': 0,
  ended: 0,
  unsupported: 0,
  failed: 0,
} as const;

type Fault = keyof typeof FAULTS;

export const faultWord = words<Fault>({
  en: {
    unreachable: 'Camera does not answer',
    refused: 'Camera refuses the connection',
    unauthorised: 'Camera refuses name or password',
    'not-found': 'Camera has no such stream',
    silent: 'Camera sends no pictures',
    frozen: 'Picture stands still',
    undecodable: 'Picture cannot be decoded',
    'resolution-changed': 'Picture size has changed',
    ended: 'Stream has ended',
    unsupported: 'Stream cannot be read',
    failed: 'Camera fault',
  },
  vi: {
    unreachable: 'Camera không phản hồi',
    refused: 'Camera từ chối kết nối',
    unauthorised: 'Camera từ chối tên hoặc mật khẩu',
    'not-found': 'Camera không có luồng hình này',
    silent: 'Camera không gửi hình',
    frozen: 'Hình đứng yên',
    undecodable: 'Không giải mã được hình',
    'resolution-changed': 'Kích thước hình đã thay đổi',
    ended: 'Luồng hình đã kết thúc',
    unsupported: 'Không đọc được luồng hình',
    failed: 'Camera bị lỗi',
  },
});

export const faultAdvice = words<Fault>({
  en: {
    unreachable: 'Check its power and the network between box and camera.',
    refused: 'Check that streaming is switched on in the camera, and its port.',
    unauthorised: 'Correct name and password in the set-up of the camera.',
    'not-found': 'Correct the path of the stream in the set-up of the camera.',
    silent: 'Restart the camera; if it stays silent, check its encoder settings.',
    frozen: 'Restart the camera.',
    undecodable: 'Check the camera’s codec settings and the quality of the link.',
    'resolution-changed': 'Check lines and zones in the set-up: they were drawn for the size before.',
    ended: 'Restart the source of the stream.',
    unsupported: 'Choose H.264 or H.265 in the camera.',
    failed: 'Look at the details; the log of the box tells more.',
  },
  vi: {
    unreachable: 'Kiểm tra nguồn điện và mạng giữa hộp biên và camera.',
    refused: 'Kiểm tra camera đã bật truyền luồng và đúng cổng.',
    unauthorised: 'Sửa tên và mật khẩu trong phần thiết lập camera.',
    'not-found': 'Sửa đường dẫn luồng hình trong phần thiết lập camera.',
    silent: 'Khởi động lại camera; nếu vẫn không có hình, kiểm tra cấu hình mã hóa.',
    frozen: 'Khởi động lại camera.',
    undecodable: 'Kiểm tra chuẩn nén của camera và chất lượng đường truyền.',
    'resolution-changed': 'Kiểm tra lại vạch và vùng trong phần thiết lập: chúng được vẽ cho kích thước cũ.',
    ended: 'Khởi động lại nguồn phát.',
    unsupported: 'Chọn H.264 hoặc H.265 trên camera.',
    failed: 'Xem chi tiết; nhật ký của hộp biên cho biết thêm.',
  },
});

/** The fault in the page's language; null for one that this page does not know. */
export function faultText(fault: string | null): string | null {
  return isFault(fault) ? faultWord(fault) : null;
}

export function faultAdviceText(fault: string | null): string | null {
  return isFault(fault) ? faultAdvice(fault) : null;
}

function isFault(text: string | null): text is Fault {
  return text !== null && Object.hasOwn(FAULTS, text);
}
