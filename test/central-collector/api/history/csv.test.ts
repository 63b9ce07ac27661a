import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../../central-collector/api/history/csv.ts';

describe('a line of CSV', () => {
  it.each([
    [['a', 1, null, undefined, 0.5, true], 'a,1,,,0.5,true'],
    [['with, comma', 'with "quotes"', 'two\nlines'], '"with, comma","with ""quotes""","two\nlines"'],
    [['=1+1', '+1', '-1', '@SUM(A1)', '\tx'], "'=1+1,'+1,'-1,'@SUM(A1),'\tx"],
    [['=HYPERLINK("http://x","y")'], `"'=HYPERLINK(""http://x"",""y"")"`],
    [[-1.5, 1e-7], '-1.5,1e-7'],
    [['Ngã tư Lạch Tray'], 'Ngã tư Lạch Tray'],
  ])('of %j is %j', (cells, text) => {
    expect(csvLine(cells)).toBe(`${text}\r\n`);
  });
});
