// How a version fares, in words that say what to do.

import { words } from '../../words/words.ts';

export const versionWord = words({
  en: {
    sent: 'Sent',
    applied: 'Applied',
    refused: 'Refused',
    'rolled-back': 'Taken back',
    unanswered: 'No answer',
    found: 'Changed on the box',
    first: 'Found on the box',
    sentWhat: 'The box has revision {revision} and tries it. This takes up to a minute.',
    appliedWhat: 'The box runs revision {revision}. Counts from now on are of the new set-up.',
    refusedWhat:
      'The box refused revision {revision}; what ran before runs on. Mend the problems and save again.',
    'rolled-backWhat':
      'The camera did not run with revision {revision}; the box took it back and what ran before runs on. Look at the problems.',
    unansweredWhat:
      'The box did not answer in time. It may apply revision {revision} as soon as it is in reach again; look here later.',
    foundWhat: 'Revision {revision} was found on the box: somebody changed the file there by hand.',
    firstWhat: 'Revision {revision} is the set-up that the camera had when it was first looked at from here.',
  },
  vi: {
    sent: 'Đã gửi',
    applied: 'Đã áp dụng',
    refused: 'Bị từ chối',
    'rolled-back': 'Đã quay lại',
    unanswered: 'Không trả lời',
    found: 'Sửa trên hộp',
    first: 'Có sẵn trên hộp',
    sentWhat: 'Hộp biên đã nhận bản {revision} và đang chạy thử. Việc này mất tối đa một phút.',
    appliedWhat: 'Hộp biên đang chạy bản {revision}. Số đếm từ bây giờ theo thiết lập mới.',
    refusedWhat: 'Hộp biên từ chối bản {revision}; cấu hình trước vẫn chạy. Hãy sửa lỗi rồi lưu lại.',
    'rolled-backWhat':
      'Camera không chạy được với bản {revision}; hộp biên đã tự quay lại và cấu hình trước vẫn chạy. Hãy xem các lỗi.',
    unansweredWhat:
      'Hộp biên không trả lời kịp. Hộp có thể áp dụng bản {revision} khi kết nối lại; hãy xem lại sau.',
    foundWhat: 'Bản {revision} được tìm thấy trên hộp biên: có người đã sửa tệp ngay tại đó.',
    firstWhat: 'Bản {revision} là cấu hình có sẵn trên hộp biên khi trung tâm đọc lần đầu.',
  },
});
