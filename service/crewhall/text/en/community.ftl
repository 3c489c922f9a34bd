## Founding

found-operators-only = Only the operators of this service can found a community.
found-name-unfit = A community's name has 1 to { $most } characters that can be read.
found-name-taken = There is a community that is called { $name } or looks like it. Choose another name.
found-which-charter = No such charter is on the shelf. There are: { $charters }.
found-done = The community stands: { $community }. You are invited and hold its key.
