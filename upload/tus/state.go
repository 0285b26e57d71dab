package tus

// locker is a Store that only one upload can have.
type locker interface {
	Lock() (unlock func(), err error)
}

// state is where the record is kept, and the lock on that.
type state struct {
	store  Store // nil: nowhere
	unlock func()
	saved  bool // the store has the record as it is
	whole  bool // the store may have a record that says that the server has all
	text   []byte
}

// load reads the record of the same source and endpoint, if there is one.
func (s *state) load(store Store, r *record) error {
	var found record
	if err := s.find(store, &found); err != nil {
		return err
	}
	if found.key == r.key && found.size == r.size && found.url != "" {
		*r, s.saved, s.whole = found, true, found.confirmed == found.size
	}
	return nil
}

// find locks the store and reads its record. It leaves r as it is if there is none.
func (s *state) find(store Store, r *record) error {
	if l, ok := store.(locker); ok {
		unlock, err := l.Lock()
		if err != nil && !isFull(err) {
			return stateError(err)
		}
		s.unlock = unlock
	}
	s.store = store
	text, err := store.Load()
	if err != nil {
		return stateError(err)
	}
	var found record
	if found.decode(text) {
		*r = found
	}
	return nil
}

// save makes the record durable. If there is no room for that, the upload goes on: it may be
// what makes room. But a record that says that the server has all must not outlast an upload
// that begins anew.
func (s *state) save(r *record) error {
	if s.store == nil {
		return nil
	}
	s.text = r.encode(s.text[:0])
	err := s.store.Save(s.text)
	s.saved = err == nil
	kept := s.whole && err != nil
	s.whole = kept || r.confirmed == r.size
	if isFull(err) && !kept {
		return nil
	}
	return stateError(err)
}

// close unlocks the store.
func (s *state) close() {
	if s.unlock != nil {
		s.unlock()
		s.unlock = nil
	}
}

func stateError(err error) error {
	if err == nil {
		return nil
	}
	return &Error{Step: StepState, Err: both(ErrState, err), Resumable: err == ErrBusy || isFull(err)}
}
