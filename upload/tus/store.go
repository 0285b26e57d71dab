package tus

// MaxRecord is the largest size in bytes of the record that a [Store] keeps.
const MaxRecord = recordHead + maxURL + sumBytes

// A Store keeps the record of an upload: its URL, what it is of, and the offset that the
// server has confirmed. Whoever has the URL can write to the upload, so that the record is
// a secret. It has a version and a checksum, so the Store need not detect that it is torn.
// A record that is torn, of another source, endpoint or version is taken for none, and the
// upload begins anew.
//
// The upload calls the methods from one goroutine, one at a time. An error ends the
// upload, unless it is download.ErrNoRoom: on a disk that is full, the upload goes on
// without a new record, because the file that it sends can be removed afterwards. Until there
// is room again, a later call goes on from the last record that was saved, or begins anew. If
// the Store has the method Lock() (unlock func(), err error), it is called first, and unlock
// last.
type Store interface {
	// Load returns the record that was last saved, or nil if there is none.
	Load() ([]byte, error)
	// Save replaces the record. When it returns nil, the new record is durable. When it
	// fails, or the power does, Load returns the new record or the one before. Save must
	// not keep record.
	Save(record []byte) error
	// Remove removes the record. It is not an error if there is none.
	Remove() error
}
