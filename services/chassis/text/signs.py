"""Tell which signs look alike, and which cannot be seen at all (W2): the data of `folding`.

Every sign is written as its number, because several of them would not show here.
"""

from typing import Final

#: signs that keyboards, word processors and copied pages put for an apostrophe; the last two are letters of minority alphabets.
#: U+0091 and U+0092 are the quotation marks of Windows-1252, read as Latin-1
APOSTROPHES: Final = (
    "\u0060\u00b4\u0091\u0092\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u02f4\u0384\u055a\u05f3\u07f4\u07f5"
    "\u1fbd\u1fbf\u1fef\u1ffd\u1ffe\u2018\u2019\u201b\u2032\u2035\u275b\u275c\uff07\uff40\ua78b\ua78c"
)
#: hyphens, dashes and minus signs; U+0096 and U+0097 are the dashes of Windows-1252
HYPHENS: Final = (
    "\u0096\u0097\u02d7\u058a\u05be\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u207b\u2212\u2500\u2796\u2e3a\u2e3b"
    "\ufe58\ufe63\uff0d"
)
#: wider, narrower and unbreakable spaces, and three signs that are drawn as nothing but take up room
SPACES: Final = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\u2800\u3164\uffa0"
)
#: what ends a line besides LF; VT and FF are Word's line and page breaks. CR LF counts as one
LINE_ENDS: Final = "\r\u000b\u000c\u0085\u2028\u2029"
#: the letters that fonts draw like Đ and đ
LETTERS: Final = {"\u00d0": "\u0110", "\u0189": "\u0110", "\u00f0": "\u0111", "\u0256": "\u0111"}

#: quotation marks and the bullet of Windows-1252, read as Latin-1
CONTROL_QUOTES: Final = "\u0093\u0094"
CONTROL_BULLET: Final = "\u0095"
_NO_CHARACTERS = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
#: the body of a character class: controls except tab and line feed, Default_Ignorable_Code_Point (Unicode 15), annotations,
#: the place of a picture that was not copied, and code points that are no characters
INVISIBLE: Final = (
    "\u0000-\u0008\u000e-\u001f\u007f-\u009f"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\ufff0-\ufffc\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    + _NO_CHARACTERS
)
#: the body of a character class: what has a meaning only in the font it was typed in, such as Word's bullets (U+F0B7)
PRIVATE: Final = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
BULLET: Final = "\u2022"
#: of Word's private signs those that mean something in the middle of a line: Wingdings' tick and arrow
PRIVATE_MEANINGS: Final = {"\uf0fc": "\u2713", "\uf0e0": "\u2192"}

#: Cyrillic and Greek letters that are drawn like Latin ones
HOMOGLYPHS: Final = str.maketrans(
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425"
    "\u0430\u0435\u0455\u0456\u0458\u043e\u0440\u0441\u0443\u0445\u04bb\u0501\u051b\u051d"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
    "ABESIJKMHOPCTYXaesijopcyxhdqwABEZHIKMNOPTYXo",
)
#: full stops of other scripts
FULL_STOPS: Final = "\u2024\u3002\uff0e\uff61"
#: what groups the digits of a number besides white space, hyphens and apostrophes
SEPARATORS: Final = ".,\u00b7\u2027\u2022\u22c5"
#: what clings to the ends of a copied value: quotation marks, brackets, commas, bullets, a spreadsheet's sign for text
JUNK: Final = SEPARATORS + "\"'\u201c\u201d\u201e\u201f\u00ab\u00bb()[]{}<>;:!?|*#=\\/_~-"
