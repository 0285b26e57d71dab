package spool

// What a folder of a test is made of.
type (
	Folder = folder
	Output = output
	Picked = picked
)

// OpenFolder opens a folder of the operating system.
func OpenFolder(path string) (Folder, error) { return openFolder(path) }

// OpenOn is Open on another folder.
func OpenOn(home Folder, args *Args) (*Spool, error) {
	a, err := args.withDefaults()
	if err != nil {
		return nil, err
	}
	return open(home, "spool", a)
}

// Parse returns the file with a name in the folder.
func Parse(entry string) (File, bool) { return parse(entry) }
