package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// Receipt is the answer to an upload: what arrived.
type Receipt struct {
	Fields []string `json:"fields,omitempty"` // names of the parts of a form beside the file, in their order
	Name   string   `json:"name,omitempty"`   // of the file, as a form has it
	Size   int64    `json:"size"`             // bytes of the file
	SHA256 string   `json:"sha256"`           // of the file, in hex
}

// maxParts bounds what a form makes the server remember.
const maxParts = 16

var (
	errParts = errors.New("the form has too many parts")
	errFiles = errors.New("the form has not exactly one file")
)

func takeRecording(w http.ResponseWriter, r *http.Request) {
	var receipt Receipt
	answer(w, &receipt, receipt.take(r.Body))
}

func takeForm(w http.ResponseWriter, r *http.Request) {
	var receipt Receipt
	err := receipt.takeForm(r)
	if err == nil {
		_, err = io.Copy(io.Discard, r.Body) // a body that is short behind its form is short
	}
	answer(w, &receipt, err)
}

// takeForm reads the parts of a form up to its closing delimiter.
func (t *Receipt) takeForm(r *http.Request) error {
	form, err := r.MultipartReader()
	if err != nil {
		return err
	}
	for range maxParts {
		part, err := form.NextRawPart()
		switch {
		case err == io.EOF && t.SHA256 == "": // a wrapped one is a form without its end
			return errFiles
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case part.FileName() == "":
			t.Fields = append(t.Fields, part.FormName())
			_, err = io.Copy(io.Discard, part)
		case t.SHA256 != "":
			return errFiles
		default:
			t.Name = part.FileName()
			err = t.take(part)
		}
		if err != nil {
			return err
		}
	}
	return errParts
}

// take reads the file, and keeps nothing of it.
func (t *Receipt) take(file io.Reader) (err error) {
	digest := sha256.New()
	if t.Size, err = io.Copy(digest, file); err != nil {
		return err
	}
	t.SHA256 = hex.EncodeToString(digest.Sum(nil))
	return nil
}

// answer sends the receipt, unless something was wrong with what came.
func answer(w http.ResponseWriter, receipt *Receipt, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(receipt) // a client that has gone away is its own affair
}
