package jobs

import (
	"bytes"
	"mime/multipart"
)

// form is all of a form but the file, by mime/multipart, and how long all of it is.
func (u fileUpload) form() (before, after []byte, contentType string, length int64) {
	var text bytes.Buffer
	w := multipart.NewWriter(&text) // into memory, which does not fail
	_ = w.WriteField("device", formDevice)
	_ = w.WriteField("taken", formTaken)
	_, _ = w.CreateFormFile(formField, formName)
	split := text.Len()
	_ = w.Close()
	before, after = text.Bytes()[:split], text.Bytes()[split:]
	return before, after, w.FormDataContentType(), int64(text.Len()) + u.size
}
