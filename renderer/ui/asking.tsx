// While the server is asked for something that is not on the device.

import { Loader } from "@mantine/core";

export const Asking = () => <Loader size="sm" role="status" aria-label="Asking the server" />;
