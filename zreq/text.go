package zreq

import "github.com/zreq-go/zreq/zreq/wire"

// Text returns the content as UTF-8. It decodes from the charset that Content-Type names
// (see [Response.Charset]), or from UTF-8 if it names none. It does not search the
// content for a charset, as a browser does in HTML.
//
// These charsets are built in. Their names may be in any case, and with or without "-"
// and "_":
//
//   - utf-8. A byte order mark at the beginning is removed.
//   - iso-8859-1, latin1, l1. The bytes 0x80 to 0x9f are control characters, and not the
//     characters of windows-1252 that browsers show.
//   - us-ascii, ascii, ansi_x3.4-1968.
//   - utf-16. The byte order mark determines the byte order and is removed. Without one
//     the order is big-endian (RFC 2781, 4.3).
//   - utf-16be, utf-16le. A byte order mark is a character of the text (RFC 2781, 4.1).
//
// What is not a character becomes U+FFFD: one for each lone surrogate, each odd byte,
// each byte above 0x7f in US-ASCII and, as in browsers, each sequence of UTF-8 that is
// incomplete or invalid.
//
// [SetCharsets] adds other charsets. If a charset is not known, Text returns [ErrCharset]
// and no text, unless the content is empty. If the content is in a content coding that
// was not undone, it returns [ErrEncoded] and no text.
//
// Otherwise the error is that of Content, and the text is made from the content that
// there is. After a StreamCallback that is the last chunk, which may begin in the middle
// of a character and has no byte order mark. If the content is not valid UTF-8, Text
// needs twice its memory for a moment.
func (r *Response) Text() (string, error) {
	var name charsetName
	return textOf(r, appendCharset(name[:0], r))
}

// TextAs is like Text, but decodes from charset instead of the one in Content-Type, which
// may be missing or wrong. charset may be in any case. If it is empty, TextAs is Text.
func (r *Response) TextAs(charset string) (string, error) {
	if charset == "" {
		return r.Text()
	}
	var name charsetName
	n := min(len(charset), len(name))
	for i := range n {
		name[i] = lower(charset[i])
	}
	return textOf(r, name[:n])
}

// Charset returns the charset that Content-Type names, in lower case, whether it is known
// or not. It returns "" if there is none. If there are several, the first one counts. A
// name that is longer than any charset's is cut. With [Args.DropHead] call Charset in
// OnHead, and pass the result to TextAs.
//
// Quotes around the name are removed, even wrong ones: charset='utf-8'. If Content-Type
// breaks the grammar of RFC 9110, 8.3.1, it is searched for the word charset, followed by
// "=" or ":" and a name. So these are utf-8, too:
//
//	text/html; charset = utf-8
//	text/html charset:"utf-8
//	text/html; charset=utf-8, text/html
func (r *Response) Charset() string {
	var name charsetName
	return string(appendCharset(name[:0], r))
}

// textOf decodes the content of r from the charset name, in lower case. It is no
// method, because one that is not used costs 32 bytes all the same.
func textOf(r *Response, name []byte) (string, error) {
	content, err := r.Content()
	if len(content) == 0 {
		return "", err
	}
	if fault := r.encodedFault(); fault != nil {
		return "", fault
	}
	if text, ok := decodeBuiltIn(name, content); ok {
		return text, err
	}
	decode := findCharset(name)
	if decode == nil {
		return "", r.unusable(&charsetError{name: shown(name), cut: err})
	}
	text, failed := decode(content)
	if err == nil {
		err = r.unusable(failed) // of a body that was cut, the cut is the reason
	}
	return string(text), err
}

// appendCharset appends what the Content-Type of r names, its escapes undone, and
// no more than dst has room for.
func appendCharset(dst []byte, r *Response) []byte {
	if r == nil {
		return dst
	}
	_, fields := wire.SplitHead(r.head)
	field, _ := find(fields, "Content-Type", 1)
	value := charsetOf(field)
	for i := 0; i < len(value) && len(dst) < cap(dst); i++ {
		if value[i] == '\\' {
			i++ // value does not end in one
		}
		dst = append(dst, lower(value[i]))
	}
	return dst
}
