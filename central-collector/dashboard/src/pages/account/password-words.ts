// Words of the form that changes a password.

import { words } from '../../words/words.ts';

export const t = words({
  en: {
    current: 'Current password',
    new: 'New password',
    again: 'New password, again',
    rules: 'The new password',
    length: 'has at least 12 characters; a few words are easy to keep in mind',
    obvious: 'is not made of your name, common words or rows of keys',
    different: 'is another one than the current',
    same: 'is typed the same twice',
    differs: 'The two are not the same.',
    submit: 'Change password',
    others: 'All your other sessions end.',
    wrong: 'The current password is wrong.',
    wait: 'Too many attempts. Try again in {time}.',
    weak: 'The centre does not take this password: it can be guessed. Choose other words.',
    changed: 'The password is changed. All other sessions have ended.',
  },
  vi: {
    current: 'Mật khẩu hiện tại',
    new: 'Mật khẩu mới',
    again: 'Nhập lại mật khẩu mới',
    rules: 'Mật khẩu mới',
    length: 'có ít nhất 12 ký tự; vài từ ghép lại sẽ dễ nhớ',
    obvious: 'không gồm tên của bạn, các từ thông dụng hay dãy phím liền nhau',
    different: 'khác mật khẩu hiện tại',
    same: 'được nhập giống nhau cả hai lần',
    differs: 'Hai lần nhập không giống nhau.',
    submit: 'Đổi mật khẩu',
    others: 'Mọi phiên đăng nhập khác của bạn sẽ kết thúc.',
    wrong: 'Mật khẩu hiện tại không đúng.',
    wait: 'Bạn đã thử quá nhiều lần. Hãy thử lại sau {time}.',
    weak: 'Trung tâm không chấp nhận mật khẩu này vì dễ đoán. Hãy chọn các từ khác.',
    changed: 'Đã đổi mật khẩu. Mọi phiên đăng nhập khác đã kết thúc.',
  },
});
