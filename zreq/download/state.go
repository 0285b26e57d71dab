package download

// state is the checkpoint of a job, and where it is kept.
type state struct {
	store Store // nil: nowhere
	checkpoint
	record []byte // memory for save
	found  bool   // an earlier call has left a checkpoint of this job
	saved  bool   // this call has tried to write one
}

// checkpointBytes is how much is written between two checkpoints at most, and so how much
// a job may read that no checkpoint knows of.
const checkpointBytes = 16 << 20

// firstCheckpoint is how much is written before the first checkpoint.
const firstCheckpoint = 1 << 20

// checkpointDistance returns how much is written from an offset to the next checkpoint: as
// much again as there is. So a job whose process is killed loses less than half of what it
// had, however small the content is, and a large one does not sync often.
func checkpointDistance(offset int64) int64 {
	return min(checkpointBytes, max(firstCheckpoint, offset))
}

// load reads the checkpoint of the job with that key. If there is none that can be used,
// the job begins anew.
func (s *state) load(key [32]byte) error {
	if s.store != nil {
		record, err := s.store.Load()
		if err != nil {
			return failure(StepState, err)
		}
		s.found = s.decode(record) && s.key == key
	}
	if !s.found {
		s.checkpoint = checkpoint{key: key, size: -1}
	}
	return nil
}

// save makes the checkpoint durable. ahead is how many bytes the job may read before it
// saves again: they count as spent, in case nobody comes to correct that.
func (s *state) save(ahead int64) error {
	if s.store == nil {
		return nil
	}
	s.spent += ahead
	s.record = s.encode(s.record[:0])
	s.spent -= ahead
	s.saved = true
	if err := s.store.Save(s.record); err != nil {
		return failure(StepState, err)
	}
	return nil
}

// isVoid reports whether nobody would miss the checkpoint of a failed job: there is no byte of
// the content and no restart, and what was spent, if that counts, is nothing.
func (s *state) isVoid(counts bool) bool {
	return !s.found && s.reached == 0 && s.restarts == 0 && s.flags == 0 && (s.spent == 0 || !counts)
}

// drop removes the checkpoint of a failed job, if there is one.
func (s *state) drop() {
	if s.store != nil && s.saved {
		_ = s.store.Remove() // at worst it stays, and does no harm
	}
}

// remove removes the checkpoint of a job that has succeeded. If that fails, the same call
// finds that all is done.
func (s *state) remove() error {
	if s.store == nil {
		return nil
	}
	if err := s.store.Remove(); err != nil {
		e := failure(StepState, err)
		e.Resumable = true
		return e
	}
	return nil
}
