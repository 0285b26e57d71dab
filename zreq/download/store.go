package download

// MaxRecord is the largest size in bytes of the record that a [Store] keeps.
const MaxRecord = 512

// A Store keeps the checkpoint of a job: one record of at most MaxRecord bytes, about
// 300 as a rule. The record has a version and a checksum, so the Store need not detect
// that it is torn. A record that is torn, of another job or of another version is taken
// for none, and the job begins anew.
//
// The job calls the methods from one goroutine, one at a time: Load once, before anything
// else, and then Save, and Remove at the end of a job that has succeeded, or has failed with
// nothing to keep. An error ends the job, because a job without its checkpoint might spend
// more than its Budget.
type Store interface {
	// Load returns the record that was last saved, or nil if there is none. Whichever of
	// the records the power has left, the last one or the one before, is right.
	Load() ([]byte, error)
	// Save replaces the record. When it returns nil, the new record is durable. When it
	// fails, or the power does, Load returns the new record or the one before. Save must
	// not keep record.
	Save(record []byte) error
	// Remove removes the record. It is not an error if there is none.
	Remove() error
}
