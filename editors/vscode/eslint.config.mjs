import js from "@eslint/js";
import typescript from "typescript-eslint";

export default typescript.config(js.configs.recommended, ...typescript.configs.strictTypeChecked, {
  files: ["**/*.ts"],
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: {
    // Numbers are written into pictures.
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
  },
});
