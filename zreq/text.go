package zreq

import "github.com/zreq-go/zreq/zreq/wire"

// Text returns the content as a string of UTF-8. It is decoded from the charset
// that Content-Type names (see [Response.Charset]), from UTF-8 if it names none. The
// content is not searched for one, as that of HTML or XML could be.
//
// These are built in, by these names in any case, with or without their "-" and "_":
//
//   - utf-8. A byte order mark in front is taken off.
//   - iso-8859-1, latin1, l1: to the letter, so that 0x80 to 0x9f are controls, and
//     not what windows-1252 has there and browsers show.
//   - us-ascii, ascii, ansi_x3.4-1968.
//   - utf-16. The byte order mark says which way, and is taken off; without one it
//     is big-endian (RFC 2781, 4.3).
//   - utf-16be, utf-16le. A mark is a character of the text (4.1).
//
// What is no character there becomes U+FFFD: one for each lone surrogate, each odd
// byte, each byte of US-ASCII above 0x7f, and, as in browsers, each sequence of
// UTF-8 that breaks off or cannot begin. [SetCharsets] adds others. One that is
// not known is [ErrCharset] and no text, unless there is nothing to decode.
//
// Content in a content coding that was not undone is [ErrEncoded] and no text.
//
// Otherwise the error is that of Content, and the text is that of what there is:
// after a StreamCallback the last chunk, which may begin within a character, and
// has no mark. Text that is not valid UTF-8 as it came needs twice its memory for
// a moment.
func (r *Response) Text() (string, error) {
	var name charsetName
	return textOf(r, appendCharset(name[:0], r))
}

// TextAs is Text of a response whose Content-Type is missing or wrong: charset,
// in any case, takes the place of what that names. If empty, it is Text.
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

// Charset returns the charset that Content-Type names, in lower case and whether
// it is known or not; "" if it names none. Of several the first counts. A name that is
// longer than any can be is cut. Without the head there is none: with [Args.DropHead],
// ask in OnHead, and give TextAs what it said.
//
// Quotes around the name are taken off, whatever they are: charset='utf-8'. A
// Content-Type that breaks the grammar of RFC 9110, 8.3.1, is searched for the word
// charset, with a "=" or ":" behind it and then a name, so that these say utf-8, too:
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
